# Standardised changes, for tests/arithmetic/effects/test_effects_change.py. Run: Rscript change.R METAFOR_SOURCE
# Measures SMCRP and SMCRPH came with metafor 4: METAFOR_SOURCE is a folder with the R files of
# metafor 5.1-12 (commit 71ae8f5). Data: Morris (2008), Table 5.
suppressMessages(library(metafor))
folder <- commandArgs(TRUE)[1]
space <- new.env(parent = asNamespace("metafor"))
for (file in list.files(folder, "[.]r$", full.names = TRUE)) sys.source(file, space)
treated <- data.frame(m_pre = c(30.6, 23.5, 0.5, 53.4, 35.6), m_post = c(38.5, 26.8, 0.7, 75.9, 36.0),
  sd_pre = c(15.0, 3.1, 0.1, 14.5, 4.7), sd_post = c(11.6, 4.1, 0.1, 4.4, 4.6),
  ni = c(20, 50, 9, 10, 14), ri = c(.47, .64, .77, .89, .44))
control <- data.frame(m_pre = c(23.1, 24.9, 0.6, 55.7, 34.8), m_post = c(19.7, 25.3, 0.6, 60.7, 33.4),
  sd_pre = c(13.8, 4.1, 0.2, 17.3, 3.1), ni = c(20, 42, 9, 11, 14))
show <- function(name, x) cat(name, sprintf("%.13g", x), "\n")
for (measure in c("SMCRP", "SMCRPH")) {
  out <- space$escalc(measure = measure, m1i = m_post, m2i = m_pre, sd1i = sd_post, sd2i = sd_pre,
                      ni = ni, ri = ri, data = treated)
  show(paste(measure, "yi"), out$yi)
  show(paste(measure, "vi"), out$vi)
}
# As www.metafor-project.org/doku.php/analyses:morris2008 has it, with pooled standard deviations.
df <- treated$ni + control$ni - 2
pooled <- sqrt(((treated$ni - 1) * treated$sd_pre^2 + (control$ni - 1) * control$sd_pre^2) / df)
change <- (treated$m_post - treated$m_pre) - (control$m_post - control$m_pre)
yi <- metafor:::.cmicalc(df) * change / pooled
vi <- 2 * (1 - treated$ri) * (1 / treated$ni + 1 / control$ni) + yi^2 / (2 * (treated$ni + control$ni))
show("PPC yi", yi)
show("PPC vi", vi)
