# Small-study methods on the four data sets of tests/reference/metafor.json, for
# tests/arithmetic/pooling/test_small_study.py. Run from this folder:
#   Rscript small_study.R > ../../tests/reference/small_study.json
suppressMessages({library(metafor); library(jsonlite)})
sets <- fromJSON("../../tests/reference/metafor.json", simplifyVector = FALSE)$univariate
numbers <- function(x) vapply(x, as.numeric, numeric(1))
one <- function(set) {
  yi <- numbers(set$yi); vi <- numbers(set$vi)
  tight <- list(threshold = 1e-12, maxiter = 10000)
  reml <- rma(yi, vi, method = "REML", control = tight)
  ml <- rma(yi, vi, method = "ML", control = tight)
  lm_test <- regtest(reml, model = "lm"); rma_test <- regtest(reml, model = "rma")
  slope <- summary(lm(yi ~ sqrt(vi), weights = 1 / vi))$coefficients
  rank <- suppressWarnings(ranktest(reml))
  fill <- function(estimator, side) {
    fit <- if (is.null(side)) trimfill(reml, estimator = estimator, control = tight)
           else trimfill(reml, estimator = estimator, side = side, control = tight)
    list(k0 = fit$k0, side = fit$side, estimate = c(fit$beta), se = fit$se, tau2 = fit$tau2)
  }
  side <- if (c(ml$beta) < 0) "less" else "greater"
  sel <- suppressWarnings(selmodel(ml, type = "stepfun", steps = 0.025, alternative = side,
                                   control = list(optimizer = "nlminb", rel.tol = 1e-10)))
  list(dataset = set$dataset,
       egger = list(bias = slope[2, 1], se = slope[2, 2], statistic = lm_test$zval,
                    df = lm_test$ddf, p = lm_test$pval, limit = lm_test$est,
                    limit_low = lm_test$ci.lb, limit_high = lm_test$ci.ub),
       egger_random = list(statistic = rma_test$zval, p = rma_test$pval,
                           limit = c(rma_test$est), limit_low = rma_test$ci.lb,
                           limit_high = rma_test$ci.ub),
       begg = list(tau = unname(rank$tau), p = rank$pval),
       fill_L0 = fill("L0", NULL), fill_R0 = fill("R0", NULL),
       fill_L0_left = fill("L0", "left"), fill_L0_right = fill("L0", "right"),
       fill_R0_left = fill("R0", "left"), fill_R0_right = fill("R0", "right"),
       selection = list(alternative = side, estimate = c(sel$beta), se = sel$se,
                        tau2 = sel$tau2, weight = sel$delta[2], loglik = c(logLik(sel)),
                        lrt = sel$LRT, lrt_p = sel$LRTp))
}
source <- paste("validation/metafor/small_study.R; metafor", packageVersion("metafor"), "on",
                R.version.string)
cat(toJSON(list(source = source, sets = lapply(sets, one)), digits = NA, auto_unbox = TRUE,
           pretty = TRUE), "\n")
