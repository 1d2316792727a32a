# Makes tests/reference/metafor-converged.json: the data sets of metafor.json, refitted by metafor with
# every search run to convergence (metafor stops at a change of tau2 below 1e-5 by default, and
# metafor.json was made with half-steps, control = list(stepadj = 0.5)).
# Run from this folder: Rscript converged.R > ../../tests/reference/metafor-converged.json
suppressMessages(library(metafor))
shared <- jsonlite::fromJSON("../../tests/reference/metafor.json", simplifyVector = FALSE)
tight <- list(threshold = 1e-13, tol = 1e-13, maxiter = 5000)
methods <- c("FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
num <- function(x) unname(as.numeric(x))
pick <- function(x, names) lapply(unclass(x)[intersect(names, names(x))], num)  # FE has no tau2

fit <- function(yi, vi, method, test, mods = NULL) {
  r <- if (is.null(mods)) rma(yi, vi, method = method, test = test, control = tight)
       else rma(yi, vi, mods = mods, method = method, test = test, control = tight)
  out <- list(method = method, test = test, tau2 = r$tau2, beta = num(r$beta), se = r$se,
              p = r$pval, ci_lb = r$ci.lb, ci_ub = r$ci.ub, Q = r$QE, Qp = r$QEp, I2 = r$I2, H2 = r$H2)
  if (!is.null(mods)) {
    if (method != "FE") out$R2 <- r$R2
    return(c(out, list(QM = r$QM, QMp = r$QMp)))
  }
  if (method == "FE") return(out)
  s <- predict(r); ci <- confint(r, control = list(tol = 1e-13))$random
  c(out, list(pi_lb = s$pi.lb, pi_ub = s$pi.ub, tau2_ci_lb = ci[1, 2], tau2_ci_ub = ci[1, 3],
              I2_ci_lb = ci[3, 2], I2_ci_ub = ci[3, 3], H2_ci_lb = ci[4, 2], H2_ci_ub = ci[4, 3]))
}

cases <- function(yi, vi, method, test) {
  r <- rma(yi, vi, method = method, test = test, control = tight)
  i <- influence(r); l <- leave1out(r); m <- cumul(r)
  list(method = method, test = test,
       influence = c(lapply(unclass(i$inf)[c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del",
                                             "QE.del", "hat", "weight")], num),
                     list(dfbetas = num(i$dfbs[[1]]), is_infl = as.vector(i$is.infl))),
       leave1out = pick(l, c("estimate", "se", "ci.lb", "ci.ub", "tau2", "I2", "Q")),
       cumulative = pick(m, c("estimate", "se", "ci.lb", "ci.ub", "tau2", "I2")))
}

sets <- lapply(shared$univariate, function(u) {
  yi <- unlist(u$yi); vi <- unlist(u$vi)
  grid <- expand.grid(test = c("z", "knha"), method = methods, stringsAsFactors = FALSE)
  picked <- expand.grid(test = c("z", "knha"), method = c("REML", "DL", "FE"), stringsAsFactors = FALSE)
  list(dataset = u$dataset, yi = yi, vi = vi,
       fits = Map(function(m, t) fit(yi, vi, m, t), grid$method, grid$test, USE.NAMES = FALSE),
       cases = Map(function(m, t) cases(yi, vi, m, t), picked$method, picked$test, USE.NAMES = FALSE))
})

u <- shared$models$metareg[[1]]; yi <- unlist(u$yi); vi <- unlist(u$vi)
year <- dat.bcg$year; ablat <- unlist(u$X$ablat)
grid <- expand.grid(test = c("z", "knha"), method = methods, stringsAsFactors = FALSE)
models <- list(list(dataset = "dat.bcg RR ~ ablat", X = list(ablat = ablat)),
               list(dataset = "dat.bcg RR ~ ablat + year", X = list(ablat = ablat, year = year)))
regressions <- lapply(models, function(model) {
  mods <- do.call(cbind, model$X)
  c(model, list(yi = yi, vi = vi, fits = Map(function(m, t) fit(yi, vi, m, t, mods), grid$method,
                                             grid$test, USE.NAMES = FALSE)))
})

u <- shared$models$gosh[[1]]; yi <- unlist(u$yi); vi <- unlist(u$vi)
subsets <- lapply(c("REML", "DL", "FE"), function(m) {
  g <- gosh(rma(yi, vi, method = m, control = tight), progbar = FALSE)
  list(method = m, code = num(as.matrix(g$incl) %*% 2^(seq_along(yi) - 1)),
       k = num(g$res$k), estimate = num(g$res$estimate), I2 = num(g$res$I2),
       QE = num(g$res$QE), tau2 = num(g$res$tau2))
})

cat(jsonlite::toJSON(list(
  source = paste("metafor", packageVersion("metafor"), R.version.string,
                 "- control = list(threshold = 1e-13, tol = 1e-13, maxiter = 5000);",
                 "made by validation/metafor/converged.R from the data of metafor.json"),
  univariate = sets, metareg = regressions,
  gosh = list(dataset = u$dataset, yi = yi, vi = vi, fits = subsets)
), digits = 15, auto_unbox = TRUE, null = "null", na = "null"), "\n")
