// SPDX-License-Identifier: Apache-2.0
// The page is whole without this. With it, values appear at once, for the nearest point, and by
// the arrow keys when a picture has the focus.
(function () {
  "use strict";
  var tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  document.body.appendChild(tip);

  function middle(circle) {
    var box = circle.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2, top: box.top, bottom: box.bottom };
  }

  // Of this point, and of those that lie under it.
  function words(plot, circle) {
    var here = middle(circle), said = [circle.getAttribute("data-words")];
    plot.querySelectorAll(".targets circle").forEach(function (other) {
      var at = middle(other);
      if (other !== circle && Math.abs(at.x - here.x) < 3 && Math.abs(at.y - here.y) < 3) {
        said.push(other.getAttribute("data-words"));
      }
    });
    return said.slice(0, 10).join("\n") + (said.length > 10 ? "\n\u2026" : "");
  }

  function show(plot, circle) {
    hide(plot);
    circle.classList.add("here");
    tip.textContent = words(plot, circle);
    tip.hidden = false;
    var at = middle(circle), own = tip.getBoundingClientRect();
    var left = Math.min(Math.max(8, at.x - own.width / 2), window.innerWidth - own.width - 8);
    var above = at.top - own.height - 8;
    tip.style.left = left + "px";
    tip.style.top = (above > 4 ? above : at.bottom + 8) + "px";
  }

  function hide(plot) {
    plot.querySelectorAll(".here").forEach(function (c) { c.classList.remove("here"); });
    tip.hidden = true;
  }

  function nearest(circles, x, y) {
    var best = null, least = 24 * 24;
    circles.forEach(function (c) {
      var at = middle(c), dx = at.x - x, dy = at.y - y;
      if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = c; }
    });
    return best;
  }

  document.querySelectorAll(".plot").forEach(function (plot) {
    var circles = Array.prototype.slice.call(plot.querySelectorAll(".targets circle")), now = -1;
    circles.forEach(function (c) {  // the browser's own, slower words would cover ours
      var title = c.querySelector("title");
      c.setAttribute("data-words", title.textContent);
      c.removeChild(title);
    });
    plot.addEventListener("pointermove", function (event) {
      var circle = nearest(circles, event.clientX, event.clientY);
      if (circle) { now = circles.indexOf(circle); show(plot, circle); } else { hide(plot); }
    });
    plot.addEventListener("pointerleave", function () { hide(plot); });
    plot.addEventListener("blur", function () { hide(plot); });
    plot.addEventListener("keydown", function (event) {
      var step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") { hide(plot); }
      if (!step || !circles.length) { return; }
      event.preventDefault();
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {  // to another curve
        var kind = now < 0 ? null : circles[now].getAttribute("data-curve"), i = now;
        while (i + step >= 0 && i + step < circles.length && circles[i + step].getAttribute("data-curve") === kind) { i += step; }
        now = Math.min(Math.max(i + step, 0), circles.length - 1);
      } else {
        now = Math.min(Math.max(now + step, 0), circles.length - 1);
      }
      show(plot, circles[now]);
    });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.always").forEach(function (d) { d.open = true; });
  });
}());
