// The little that pages do in a browser beyond HTML. Without it everything still works.
import { Button } from "./components-button-button.mjs";
import { Checkboxes } from "./components-checkboxes-checkboxes.mjs";
import { ErrorSummary } from "./components-error-summary-error-summary.mjs";
import { NotificationBanner } from "./components-notification-banner-notification-banner.mjs";
import { SkipLink } from "./components-skip-link-skip-link.mjs";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const Component of [Button, Checkboxes, ErrorSummary, NotificationBanner, SkipLink]) {
  for (const element of document.querySelectorAll(`[data-module="${Component.moduleName}"]`)) {
    new Component(element);
  }
}

// Idle time: a warning five minutes before the page asks who is there. What was typed stays in the page.
const warning = document.querySelector("[data-idle-warning-after]");
if (warning) {
  const seconds = Number(warning.dataset.idleWarningAfter);
  setTimeout(() => {
    warning.hidden = false;
  }, seconds * 1000);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
