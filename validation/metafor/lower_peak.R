# Makes tests/reference/lower_peak.json: a likelihood with two peaks, climbed by metafor from four
# starts. Run from this folder: Rscript lower_peak.R > ../../tests/reference/lower_peak.json
suppressMessages(library(metafor))
data <- escalc(measure = "OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.lau1992)[1:21, ]
climb <- function(method, start) {
  fit <- rma(yi, vi, data = data, method = method,
             control = list(threshold = 1e-13, maxiter = 10000, tau2.init = start))
  list(method = method, start = start, tau2 = fit$tau2, beta = as.numeric(fit$beta), se = fit$se,
       loglik = as.numeric(logLik(fit)))
}
out <- list(
  source = paste("metafor", packageVersion("metafor"), R.version.string, "- made by",
                 "validation/metafor/lower_peak.R: the first 21 of the 33 trials of streptokinase in",
                 "metadat's dat.lau1992 (Lau et al. 1992, N Engl J Med 327:248-254), log odds ratios"),
  yi = as.numeric(data$yi), vi = as.numeric(data$vi),
  fits = c(lapply(c(0, 0.001, 0.01, 0.1), climb, method = "REML"),
           lapply(c(0, 0.1), climb, method = "ML")))
cat(jsonlite::toJSON(out, digits = 13, auto_unbox = TRUE, pretty = TRUE), "\n")
