# Figures of R packages for the answers in this folder, and for examples that the packages bring and document.
# Rscript figures.R answers.csv [folder for the packages' own data]; prints figure,value,package,version.
suppressPackageStartupMessages({library(survey); library(psych); library(lme4); library(multilevel)})
given <- commandArgs(trailingOnly = TRUE)
people <- read.csv(given[1], stringsAsFactors = TRUE)
items <- people[, paste0("q", 1:5)]
people$score <- rowMeans((items - 1) * 25)
cat("figure,value,package,version\n")
say <- function(package, figure, value)
  cat(sprintf("%s,%.15g,%s,%s\n", figure, value, package, packageVersion(package)), sep = "")
tight <- list(maxit = 500, epsilon = 1e-12)

# survey: one authority, simple, post-stratified and raked, N = 80, with and without finite population correction
staff <- list(area = data.frame(area = c("A", "B", "C"), Freq = c(30, 28, 22)),
              tier = data.frame(tier = c("frontline", "senior"), Freq = c(50, 30)))
for (code in c("a05", "a06", "a12")) {
  own <- droplevels(people[people$authority == code, ])
  own$N <- 80
  with <- svydesign(ids = ~1, data = own, fpc = ~N)
  without <- svydesign(ids = ~1, data = own, weights = ~I(N / nrow(own)))
  for (kind in c("with", "without")) {
    plain <- get(kind)
    post <- postStratify(plain, ~area, staff$area)
    # rake() takes ten rounds to project residuals for its error; calibrate() solves the same equations at once
    raked <- rake(plain, list(~area, ~tier), staff, control = tight)
    totals <- c("(Intercept)" = 80, areaB = 28, areaC = 22, tiersenior = 30)
    calibrated <- calibrate(plain, ~area + tier, totals, calfun = "raking", epsilon = 1e-13, maxit = 500)
    designs <- list(simple = plain, poststratified = post, raked = raked, calibrated = calibrated)
    for (name in names(designs)) {
      found <- svymean(~score, designs[[name]])
      say("survey", paste("svymean", code, name, kind, "mean"), coef(found))
      say("survey", paste("svymean", code, name, kind, "se"), SE(found))
    }
  }
}

# psych: all people, and the same centred within authorities (then without intervals, whose degrees of freedom differ)
of_scale <- function(name, values) {
  found <- suppressWarnings(suppressMessages(psych::alpha(values, check.keys = FALSE, warnings = FALSE)))
  say("psych", paste("alpha", name, "raw"), found$total$raw_alpha)
  say("psych", paste("alpha", name, "std"), found$total$std.alpha)
  say("psych", paste("alpha", name, "r.drop", seq_along(values)), found$item.stats$r.drop)
  say("psych", paste("alpha", name, "if dropped", seq_along(values)), found$alpha.drop$raw_alpha)
  fit <- factanal(covmat = cov(values), factors = 1, control = list(opt = list(factr = 1, pgtol = 0, maxit = 5000)))
  sd <- sapply(values, sd)
  common <- sum(fit$loadings * sd)^2
  say("stats", paste("factanal", name, "omega"), common / (common + sum(fit$uniquenesses * sd^2)))
  found
}
whole <- of_scale("people", items)
feldt <- psych::alpha.ci(whole$total$raw_alpha, n.obs = nrow(items), n.var = 5)
say("psych", paste("alpha people feldt", c("lower", "upper")), c(feldt$lower.ci, feldt$upper.ci))
of_scale("centred", as.data.frame(lapply(items, function(one) one - ave(one, people$authority)))) -> nothing
of_scale("attitude", attitude) -> nothing

# multilevel: analysis of variance, and agreement inside authorities
by_authority <- aov(score ~ authority, data = people)
say("multilevel", "ICC1 people", ICC1(by_authority))
say("multilevel", "ICC2 people", ICC2(by_authority))
agreed <- rwg.j(items, people$authority, ranvar = 2)
say("multilevel", paste("rwg.j", agreed$grpid), agreed$rwg.j)

# lme4: REML
reml <- function(name, model) {
  parts <- as.data.frame(VarCorr(model))$vcov
  say("lme4", paste("lmer", name, c("tau2", "sigma2")), parts)
  say("lme4", paste("lmer", name, "mean"), fixef(model))
  say("lme4", paste("lmer", name, "se"), sqrt(as.matrix(vcov(model))[1]))
}
exact <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12))
reml("people", lmer(score ~ 1 + (1 | authority), people, control = exact))
reml("Dyestuff", lmer(Yield ~ 1 + (1 | Batch), Dyestuff, control = exact))

# stats
one <- people$score[people$authority == "a05"]
two <- people$score[people$authority == "a06"]
say("stats", paste("quantile", c(25, 50, 75)), quantile(people$score, c(0.25, 0.5, 0.75), type = 7))
say("stats", paste("p.adjust", 1:4), p.adjust(c(0.012, 0.2, 0.004, 0.03), "holm"))
apart <- t.test(one, two)
say("stats", paste("t.test", c("p", "lower", "upper")), c(apart$p.value, apart$conf.int))
said <- prop.test(7, 23, correct = FALSE)
say("stats", paste("prop.test", c("lower", "upper")), said$conf.int)
alone <- t.test(one, mu = 60)
say("stats", paste("t.test one", c("p", "lower", "upper")), c(alone$p.value, alone$conf.int))

# The packages' own examples, whose figures their documentation prints; the data go into the folder
if (length(given) > 1) {
  keep <- function(values, name) write.csv(values, file.path(given[2], name), row.names = FALSE)
  data(api)
  data(bh1996, lq2002, package = "multilevel")
  keep(apisrs[, c("api00", "stype")], "apisrs.csv")
  srs <- svydesign(id = ~1, fpc = ~fpc, data = apisrs)
  say("survey", paste("svymean apisrs", c("mean", "se")), c(coef(svymean(~api00, srs)), SE(svymean(~api00, srs))))
  keep(bh1996[, c("GRP", "HRS")], "bh1996.csv")
  hours <- aov(HRS ~ as.factor(GRP), data = bh1996)
  say("multilevel", paste(c("ICC1", "ICC2"), "bh1996"), c(ICC1(hours), ICC2(hours)))
  reml("bh1996", lmer(HRS ~ 1 + (1 | GRP), bh1996, control = exact))
  keep(lq2002[, c("COMPID", paste0("LEAD", sprintf("%02d", 1:11)))], "lq2002.csv")
  lead <- rwg.j(lq2002[, paste0("LEAD", sprintf("%02d", 1:11))], lq2002$COMPID, ranvar = 2)
  say("multilevel", paste("rwg.j lq2002", c("mean", lead$grpid[1:3])), c(mean(lead$rwg.j), lead$rwg.j[1:3]))
  bfi_scale <- na.omit(psych::bfi[, c("C1", "C2", "C3", "C4", "C5")])
  bfi_scale$C4 <- 7 - bfi_scale$C4
  bfi_scale$C5 <- 7 - bfi_scale$C5
  keep(bfi_scale, "bfi.csv")
  of_scale("bfi", bfi_scale) -> nothing
}
