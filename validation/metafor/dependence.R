# A correlated-and-hierarchical model with moderators, a working covariance over outcomes and
# time, and contrasts that share an arm, for tests/arithmetic/pooling/test_dependence.py. Run: Rscript dependence.R
suppressMessages({library(metafor); library(clubSandwich)})
show <- function(name, ...) cat(name, sprintf("%.13g", c(...)), "\n")
dat <- dat.assink2016
dat$outcome <- c("b", "a")[1 + dat$esid %% 2]
dat$time <- (dat$esid + dat$esid %% 2) / 2
dat$late <- (dat$esid - 1) / 10
dat$odd <- dat$study %% 2
V <- vcalc(vi, cluster = study, obs = outcome, time1 = time, data = dat, rho = 0.5, phi = 0.8)
show("V of study 1, first row", V[1, 1:6])
fit <- rma.mv(yi, V, mods = ~ late + odd, random = ~ 1 | study / esid, data = dat,
              control = list(optimizer = "nlminb", rel.tol = 1e-11))
show("sigma2", fit$sigma2)
show("beta", fit$beta)
show("se", fit$se)
show("loglik", logLik(fit))
cr2 <- coef_test(fit, vcov = "CR2", cluster = dat$study, test = "Satterthwaite")
show("CR2 se", cr2$SE)
show("CR2 df", cr2$df_Satt)
show("CR2 p", cr2$p_Satt)
arms <- data.frame(study = 1, obs = 1:3, a = c("x", "y", "x"), b = c("z", "z", "y"),
                   n1 = c(20, 30, 20), n2 = c(25, 25, 30), vi = c(0.09, 0.08, 0.1),
                   time = c(1, 1, 3))
R <- vcalc(vi, cluster = study, obs = c("p", "p", "q"), grp1 = a, grp2 = b, w1 = n1, w2 = n2,
           time1 = time, data = arms, rho = 0.6, phi = 0.9)
show("arms", R)
few <- data.frame(yi = c(0, 0, 0, 0, 1), vi = c(1, .5, .5, 1, .5), study = c(0, 0, 1, 2, 2), obs = 1:5)
for (rho in c(0.5, 0)) {
  V <- vcalc(vi, cluster = study, obs = obs, data = few, rho = rho)
  # 0 and 0 are what bobyqa finds (3.9e-14 and 2.0e-14); nlminb does not converge
  fit <- rma.mv(yi, V, random = ~ 1 | study / obs, data = few, sigma2 = c(0, 0))
  cr2 <- coef_test(fit, vcov = "CR2", cluster = few$study, test = "Satterthwaite")
  show("few studies", fit$beta, logLik(fit), cr2$SE, cr2$df_Satt, cr2$p_Satt)
}
