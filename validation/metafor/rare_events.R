# Two-arm counts by Mantel-Haenszel and Peto, and a second binomial-normal model, for
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
fit <- rma.glmm(measure = "PLO", xi = c(2, 0, 5, 1, 9), ni = c(30, 12, 41, 20, 38))
show("PLO", fit$beta, fit$se, fit$tau2)

# The same model with 100 points and lme4's inner search run on; rma.glmm stops it at 1e-7.
run_on <- function(x, n) {
  fit <- lme4::glmer(cbind(x, n - x) ~ 1 + (1 | s), data.frame(x, n, s = factor(seq_along(x))),
    family = binomial, nAGQ = 100, control = lme4::glmerControl(optimizer = "nlminbwrap",
      tolPwrss = 1e-13, optCtrl = list(rel.tol = 1e-14, x.tol = 1e-12, abs.tol = 0)))
  show("PLO, 100 points", lme4::fixef(fit), sqrt(vcov(fit)[1, 1]), lme4::VarCorr(fit)$s[1])
}
suppressWarnings({
  run_on(c(0, 1, 3, 10, 4, 0, 16, 9), c(12, 15, 20, 18, 41, 30, 18, 17))
  run_on(c(2, 0, 5, 1, 9), c(30, 12, 41, 20, 38))
  run_on(c(0, 3, 10), c(10, 10, 10))
})
for (points in c(7, 25, 61, 100)) {
  fit <- rma.glmm(measure = "PLO", xi = c(0, 3, 10), ni = c(10, 10, 10), nAGQ = points)
  show(paste("PLO 0, 3, 10 of 10,", points), fit$beta, fit$se, fit$tau2)
}
for (points in c(7, 25)) {
  fit <- rma.glmm(measure = "PLO", xi = c(0, 2), ni = c(2, 2), nAGQ = points)
  show(paste("PLO 0 and 2 of 2,", points), fit$beta, fit$se, fit$tau2)
}
