/* Draws a chart from the table beside it: the table is the only source, so that the two never differ.
   <figure data-tj-chart="columns|stack|bars" data-unit="%">: a head cell with data-colour names the token of a series,
   each <data> its number. Without this file, or on paper, the table is there in full. */
(function () {
  "use strict";
  var drawn = [];

  /** @param {Element} cell @returns {{value: ?number, text: string}} its number (null: none), and how the table writes it */
  function point(cell) {
    var data = cell ? cell.querySelector("data") : null;
    return { value: data ? Number(data.value) : null, text: data ? data.textContent : "" };
  }

  /** @param {HTMLTableElement} table @param {boolean} lies @returns {{names: string[], series: {name: string, colour: string, values: {value: ?number, text: string}[]}[]}} */
  function read(table, lies) {
    var rows = Array.prototype.filter.call(table.tBodies[0].rows, function (row) { return !row.classList.contains("tj-sum"); });
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    var drawn = heads.filter(function (head) { return head.dataset.colour; });
    /* Lying bars leave out who has nothing to compare: a county without an exam, a province not yet here. */
    if (lies) {
      rows = rows.filter(function (row) { return drawn.some(function (head) { return point(row.cells[head.cellIndex]).value !== null; }); });
    }
    return {
      names: rows.map(function (row) { return row.cells[0].textContent.trim(); }),
      series: drawn.map(function (head) {
        return {
          name: head.textContent.trim(),
          colour: head.dataset.colour,
          values: rows.map(function (row) { return point(row.cells[head.cellIndex]); }),
        };
      }),
    };
  }

  /** The tokens as they stand for a theme; paper is always light. @param {string} theme */
  function palette(theme) {
    var probe = document.createElement("div");
    probe.hidden = true;
    probe.setAttribute("data-bs-theme", theme);
    document.body.appendChild(probe);
    var style = window.getComputedStyle(probe);
    var found = {};
    ["ink", "ink-2", "ink-3", "line", "line-strong", "surface", "control", "accent", "mid", "mid-2", "due", "over"].forEach(function (name) {
      found[name] = style.getPropertyValue("--c-" + name).trim();
    });
    found.font = style.getPropertyValue("--f-sans").trim();
    document.body.removeChild(probe);
    return found;
  }

  function shown(value, unit) {
    if (value === null || value === undefined || isNaN(value)) { return "—"; }
    return unit === "%" ? String(Math.round(value * 1000) / 10) + "%" : String(value);
  }

  function series(one, facts, ink) {
    var lies = facts.kind === "bars";
    var few = facts.table.names.length * facts.table.series.length <= 30;
    return {
      name: one.name,
      type: "bar",
      stack: facts.kind === "stack" ? "all" : undefined,
      data: one.values,
      barMaxWidth: lies ? 12 : 28,
      barGap: "20%",
      itemStyle: { color: ink[one.colour], borderRadius: facts.kind === "stack" ? 0 : 2 },
      label: {
        show: lies || (facts.kind !== "stack" && few),
        position: lies ? "right" : "top",
        color: ink["ink-2"],
        fontSize: facts.size,
        formatter: function (drawn) { return one.values[drawn.dataIndex].text; },
      },
      emphasis: { disabled: true },
    };
  }

  /* How many lines the legend takes: ECharts breaks it, but keeps room for one only. */
  function legendLines(facts) {
    var lines = 1;
    var at = 0;
    facts.table.series.forEach(function (one) {
      var wide = one.name.split("").reduce(function (sum, sign) { return sum + (sign > "\u2e7f" ? 1 : 0.58); }, 0) * facts.size + 25;
      if (at && at + wide > facts.width) { lines += 1; at = 0; }
      at += wide;
    });
    return lines;
  }

  /* @returns what ECharts draws; without movement, so that it is the same for everybody and on paper. */
  function option(facts, ink) {
    var words = { color: ink["ink-2"], fontSize: facts.size, fontFamily: ink.font };
    var names = {
      type: "category",
      data: facts.table.names,
      inverse: facts.kind === "bars",
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink["line-strong"] } },
      axisLabel: { color: ink["ink-2"], fontSize: facts.size, interval: facts.kind === "bars" || facts.isWide ? 0 : "auto", hideOverlap: true, width: facts.kind === "bars" ? facts.names : undefined, overflow: "truncate" },
    };
    var values = {
      type: "value",
      min: 0,
      max: facts.unit === "%" ? 1 : undefined,
      interval: facts.unit === "%" ? 0.25 : undefined,
      minInterval: facts.unit === "%" ? undefined : 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { color: ink["ink-3"], fontSize: facts.size, formatter: function (value) { return shown(value, facts.unit); } },
    };
    return {
      animation: false,
      aria: { enabled: true, label: { enabled: true, description: facts.label } },
      textStyle: words,
      grid: { left: 4, right: facts.kind === "bars" ? facts.size * 4 : facts.size, top: 36 + facts.above, bottom: 4, containLabel: true },
      legend: { show: true, left: 0, top: 0, itemWidth: 10, itemHeight: 10, selectedMode: false, textStyle: words },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        confine: true,
        axisPointer: { type: "shadow" },
        backgroundColor: ink.surface,
        borderColor: ink.control,
        textStyle: { color: ink.ink, fontSize: facts.size },
        valueFormatter: function (value) { return shown(value, facts.unit); },
        transitionDuration: 0,
      },
      xAxis: facts.kind === "bars" ? values : names,
      yAxis: facts.kind === "bars" ? names : values,
      series: facts.table.series.map(function (one) { return series(one, facts, ink); }),
    };
  }

  /** @param {HTMLElement} figure @param {?string} paper the theme to draw in for paper, null for the screen */
  function draw(figure, paper) {
    var box = figure.querySelector(".tj-chart-draw");
    var kind = figure.dataset.tjChart;
    var table = read(figure.querySelector("table"), kind === "bars");
    var size = parseFloat(window.getComputedStyle(figure).fontSize) * 0.86;
    var width = paper ? 620 : box.clientWidth;
    var rows = table.names.length * (kind === "bars" ? table.series.length : 0);
    var facts = { kind: kind, unit: figure.dataset.unit, table: table, size: size, label: box.getAttribute("data-label"), names: Math.min(width * 0.34, size * 18), width: width, isWide: width > 480 };
    facts.above = (legendLines(facts) - 1) * (size + 10);
    var height = kind === "bars" ? Math.max(120, 56 + rows * 14 + table.names.length * 10) : 232;
    height += facts.above;
    var chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "svg", width: width, height: height });
    chart.resize({ width: width, height: height });
    chart.setOption(option(facts, palette(paper || document.documentElement.getAttribute("data-bs-theme") || "light")), true);
  }

  function redraw(paper) {
    drawn.forEach(function (figure) { if (paper || figure.clientWidth) { draw(figure, paper); } });
  }

  function fold(figure) {
    var data = figure.querySelector(".tj-chart-data");
    var button = document.createElement("button");
    button.type = "button";
    button.className = "tj-btn tj-btn-text tj-btn-sm tj-chart-fold";
    button.setAttribute("aria-controls", data.id);
    function set(open) {
      data.classList.toggle("tj-folded", !open);
      button.setAttribute("aria-expanded", String(open));
      button.textContent = open ? figure.dataset.hide : figure.dataset.show;
    }
    button.addEventListener("click", function () { set(data.classList.contains("tj-folded")); });
    figure.insertBefore(button, data);
    set(false);
  }

  function start() {
    if (!window.echarts) { return; }
    drawn = Array.prototype.slice.call(document.querySelectorAll("[data-tj-chart]"));
    drawn.forEach(function (figure) {
      var box = figure.querySelector(".tj-chart-draw");
      box.hidden = false;
      box.setAttribute("data-label", box.getAttribute("aria-label"));
      fold(figure);
      draw(figure, null);
    });
    new MutationObserver(function () { redraw(null); }).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme", "class"] });
    window.addEventListener("resize", function () { redraw(null); });
    window.addEventListener("beforeprint", function () { redraw("light"); });
    window.addEventListener("afterprint", function () { redraw(null); });
  }

  start();
}());
