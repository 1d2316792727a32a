# Makes tests/reference/glmm.json: the random-effects binomial model of rma.glmm (measure "PLO") as
# lme4 fits it with 100 points of adaptive quadrature and its inner search run on. rma.glmm itself
# has 7 points and stops that search at 1e-7.
# Run from this folder: Rscript glmm.R > ../../tests/reference/glmm.json
run_on <- function(dataset, x, n) {
  fit <- suppressWarnings(lme4::glmer(cbind(x, n - x) ~ 1 + (1 | s),
    data.frame(x, n, s = factor(seq_along(x))), family = binomial, nAGQ = 100,
    control = lme4::glmerControl(optimizer = "nlminbwrap", tolPwrss = 1e-13,
      optCtrl = list(rel.tol = 1e-14, x.tol = 1e-12, abs.tol = 0))))
  beta <- unname(lme4::fixef(fit)); se <- sqrt(vcov(fit)[1, 1]); half <- qnorm(.975) * se
  list(dataset = dataset, xi = x, ni = n, tau2 = lme4::VarCorr(fit)$s[1], beta = beta, se = se,
       ci_lb = beta - half, ci_ub = beta + half)
}
shared <- jsonlite::fromJSON("../../tests/reference/metafor.json", simplifyVector = FALSE)
u <- shared$models$glmm[[1]]
cat(jsonlite::toJSON(list(
  source = paste("lme4", packageVersion("lme4"), R.version.string,
                 "- glmer(nAGQ = 100); made by validation/metafor/glmm.R"),
  fits = list(run_on("the glmm of metafor.json", unlist(u$xi), unlist(u$ni)),
              run_on("few events", c(2, 0, 5, 1, 9), c(30, 12, 41, 20, 38)),
              run_on("wide", c(0, 3, 10), c(10, 10, 10)))
), digits = 13, auto_unbox = TRUE), "\n")
