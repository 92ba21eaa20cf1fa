/* Small conveniences that every page works without: menus that close, group checkboxes, a shown password, print. */
(function () {
  "use strict";

  function each(selector, act, within) {
    Array.prototype.forEach.call((within || document).querySelectorAll(selector), act);
  }

  function closeMenus(except) {
    each("details.tj-menu[open]", function (menu) {
      if (menu !== except) { menu.removeAttribute("open"); }
    });
  }

  /* data-tj-group="row-5": checks every box whose data-tj-in lists row-5; shows the mixed state. */
  function members(box) {
    var name = box.getAttribute("data-tj-group");
    return document.querySelectorAll('input[type="checkbox"][data-tj-in~="' + name + '"]:not(:disabled)');
  }

  function showGroups() {
    each("input[data-tj-group]", function (box) {
      var all = members(box);
      var on = Array.prototype.filter.call(all, function (one) { return one.checked; }).length;
      box.checked = all.length > 0 && on === all.length;
      box.indeterminate = on > 0 && on < all.length;
    });
    each("tr[data-tj-row]", function (row) {
      var box = row.querySelector('input[type="checkbox"]');
      row.classList.toggle("tj-sel", Boolean(box && box.checked));
    });
    each("[data-tj-count]", function (place) {
      var name = place.getAttribute("data-tj-count");
      var every = document.querySelector('input[data-tj-every="' + name + '"]');
      if (every && every.checked) {
        place.textContent = place.getAttribute("data-tj-total");
        return;
      }
      place.textContent = String(document.querySelectorAll('input[data-tj-in~="' + name + '"]:checked').length);
    });
  }

  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.hasAttribute("data-tj-group")) {
      Array.prototype.forEach.call(members(box), function (one) { one.checked = box.checked; });
    }
    if (["data-tj-group", "data-tj-in", "data-tj-every"].some(function (one) { return box.hasAttribute(one); })) { showGroups(); }
    if (box.hasAttribute("data-tj-submit") && box.form) {
      if (box.form.requestSubmit) { box.form.requestSubmit(); } else { box.form.submit(); }
    }
  });

  document.addEventListener("click", function (event) {
    var target = event.target;
    if (!target.closest) { return; }
    closeMenus(target.closest("details.tj-menu"));
    var eye = target.closest("[data-tj-reveal]");
    if (eye) {
      var field = document.getElementById(eye.getAttribute("data-tj-reveal"));
      var shown = field.type === "text";
      field.type = shown ? "password" : "text";
      eye.setAttribute("aria-pressed", String(!shown));
    }
    if (target.closest("[data-tj-print]")) { window.print(); }
    if (target.closest('[aria-disabled="true"]')) { event.preventDefault(); }
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    var open = document.querySelector("details.tj-menu[open]");
    if (open) {
      closeMenus(null);
      open.querySelector("summary").focus();
    }
  });

  document.addEventListener("DOMContentLoaded", showGroups);
}());
