# Two-arm counts by Mantel-Haenszel and Peto, and a second binomial-normal model, for
# tests/test_proportions.py. Run: Rscript rare_events.R
suppressMessages(library(metafor))
a <- c(1, 0, 3, 0, 7, 2); n1 <- c(20, 15, 40, 30, 50, 33)
c <- c(4, 1, 5, 0, 12, 0); n2 <- c(22, 15, 38, 31, 51, 30)
show <- function(name, ...) cat(name, sprintf("%.13g", c(...)), "\n")
for (m in c("RR", "OR", "RD")) {
  fit <- suppressWarnings(rma.mh(ai = a, n1i = n1, ci = c, n2i = n2, measure = m,
                                 correct = FALSE, drop00 = FALSE, add = 0, to = "none"))
  show(m, fit$beta, fit$se, fit$pval)
}
fit <- suppressWarnings(rma.peto(ai = a, n1i = n1, ci = c, n2i = n2, add = 0, to = "none"))
show("Peto", fit$beta, fit$se, fit$pval)
fit <- rma.glmm(measure = "PLO", xi = c(2, 0, 5, 1, 9), ni = c(30, 12, 41, 20, 38))
show("PLO", fit$beta, fit$se, fit$tau2)
