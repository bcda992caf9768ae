// Draws each figure with data-plot from the table in it: one truth, which is also there without drawing.
"use strict";
(() => {
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  // Lines differ by their strokes, so that nothing rests on colour alone.
  const STROKES = [["--accent", []], ["--red", [8, 4]], ["--green", [2, 4]], ["--yellow", [12, 4, 2, 4]], ["--blue", [4, 4]]];

  function read(figure) {
    const wanted = figure.dataset.drawn.split(" ");
    const heads = [...figure.querySelectorAll("thead th")];
    const places = wanted.map((name) => heads.findIndex((one) => one.dataset.name === name));
    const rows = [...figure.querySelectorAll("tbody tr")];
    const labels = rows.map((row) => row.cells[0].dataset.label);
    const values = places.map((place) => rows.map((row) => {
      const told = row.cells[place]?.dataset.value;
      return told === undefined || told === "" ? null : Number(told);
    }));
    return { labels, values, first: heads[0].textContent.trim(), names: places.map((place) => heads[place].textContent.trim()) };
  }

  function axisOf(labels) {
    const short = labels.map((one) => one.slice(-5));
    return { x: labels.map((_, place) => place), say: (place) => short[place] ?? "" };
  }

  function draw(figure) {
    const { labels, values, first, names } = read(figure);
    const canvas = figure.querySelector(".canvas");
    if (labels.length < 2) { return; }
    const { x, say } = axisOf(labels);
    const bars = figure.dataset.plot === "bars";
    const quiet = ink("--ink-quiet"), line = ink("--line");
    const series = names.map((label, n) => {
      const [colour, dash] = STROKES[n % STROKES.length];
      const one = { label, stroke: ink(colour) || quiet, width: 2, dash, points: { show: labels.length < 40, size: 5 } };
      if (bars) { Object.assign(one, { paths: uPlot.paths.bars({ size: [0.7, 60] }), fill: ink(colour), width: 0, dash: [], points: { show: false } }); }
      return one;
    });
    const axis = { stroke: quiet, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const options = {
      width: canvas.clientWidth, height: 240, series: [{ label: first, value: (_, place) => labels[place] ?? "" }, ...series],
      scales: { x: { time: false, range: () => (bars ? [-0.6, x.length - 0.4] : [0, x.length - 1]) }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high ?? 1) * 1.08 || 1] } },
      axes: [
        { ...axis, values: (_, places) => places.map((place) => (Number.isInteger(place) ? say(place) : "")), incrs: [1, 2, 5, 10, 20, 50, 100] },
        { ...axis, size: 72, values: (_, told) => told.map((one) => one.toLocaleString(document.documentElement.lang, { notation: one > 99999 ? "compact" : "standard" })) },
      ],
      cursor: { drag: { x: false, y: false } },
    };
    const plot = new uPlot(options, [x, ...values], canvas);
    figure.querySelector("details")?.removeAttribute("open");
    new ResizeObserver(() => plot.setSize({ width: canvas.clientWidth, height: 240 })).observe(canvas);
  }

  for (const figure of document.querySelectorAll("figure[data-plot]")) { draw(figure); }
})();
