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

// Work under way: every few seconds the page is read again, and only what has changed is replaced, so that whoever has
// the focus somewhere keeps it.
const work = document.querySelector("[data-refresh-every]");
if (work) {
  const pause = Number(work.dataset.refreshEvery) * 1000;
  const look = () => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.addEventListener("load", () => {
      const fresh = request.response?.getElementById(work.id);
      if (!fresh) return; // signed out, say: what is shown stays
      const shown = [...work.children];
      const count = fresh.childElementCount;
      for (const [place, node] of [...fresh.children].entries()) {
        if (!shown[place]) work.append(node);
        else if (!shown[place].isEqualNode(node)) shown[place].replaceWith(node);
      }
      for (const node of shown.slice(count)) node.remove();
      if ("refreshEvery" in fresh.dataset) setTimeout(look, pause);
    });
    request.addEventListener("error", () => setTimeout(look, pause));
    request.open("GET", location.href);
    request.send();
  };
  setTimeout(look, pause);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
