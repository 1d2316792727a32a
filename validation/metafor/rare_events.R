# Two-arm counts by Mantel-Haenszel and Peto, and rma.glmm with more and more points, for
# tests/arithmetic/test_proportions.py. Run: Rscript rare_events.R
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
# How the answer of rma.glmm hangs on its points; glmm.R has the model with enough of them.
for (points in c(7, 25, 61, 100)) {
  fit <- rma.glmm(measure = "PLO", xi = c(0, 3, 10), ni = c(10, 10, 10), nAGQ = points)
  show(paste("PLO 0, 3, 10 of 10,", points), fit$beta, fit$se, fit$tau2)
}
for (points in c(7, 25)) {
  fit <- rma.glmm(measure = "PLO", xi = c(0, 2), ni = c(2, 2), nAGQ = points)
  show(paste("PLO 0 and 2 of 2,", points), fit$beta, fit$se, fit$tau2)
}
