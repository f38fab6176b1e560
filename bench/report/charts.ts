import { type EChartsOption, init } from "echarts";
import { isMet } from "../measure/figure";
import type { Results, TimelineStep } from "../model";

/** A chart, and the height that it needs, in pixels. */
interface Chart {
  height: number;
  option: EChartsOption;
}

const colours = { good: "#2b8a5b", bad: "#c8553d", plain: "#9aa5b1", ink: "#1f2933" };

/** Draws a chart as SVG, on white: pages are read in the dark as well. */
export function svg({ height, option }: Chart, width = 900): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({ animation: false, backgroundColor: "white", textStyle: { fontFamily: "sans-serif" }, ...option });
    // Names of classes count the charts that the process drew.
    return `${chart.renderToSVGString().replaceAll(/\bzr\d+-/g, "zr-")}\n`;
  } finally {
    chart.dispose();
  }
}

/** Each figure's ratio to its reference as a bar, with the target as a mark beside it. */
export function ratioChart(results: Results): Chart {
  const figures = Object.values(results)
    .flatMap(({ figures }) => figures)
    .filter(({ ratio }) => ratio !== undefined);
  const names = figures.map(({ name }) => name);
  const colourOf = { true: colours.good, false: colours.bad, undefined: colours.plain };
  return {
    height: 90 + 26 * figures.length,
    option: {
      title: {
        text: "Times the reference",
        subtext: "green: target met, red: missed, grey: no target; a line: the target",
      },
      grid: { left: 10, right: 40, top: 60, bottom: 10, containLabel: true },
      xAxis: { type: "value" },
      yAxis: { type: "category", data: names, inverse: true, axisTick: { show: false } },
      series: [
        {
          type: "bar",
          barWidth: 14,
          label: { show: true, position: "right" },
          data: figures.map((figure) => ({
            value: Number(figure.ratio?.toPrecision(3)),
            itemStyle: { color: colourOf[`${isMet(figure)}`] },
          })),
        },
        {
          type: "scatter",
          symbol: "rect",
          symbolSize: [3, 22],
          itemStyle: { color: colours.ink },
          data: figures.flatMap(({ name, target }) => (target?.of === "ratio" ? [[target.limit, name]] : [])),
        },
      ],
    },
  };
}

/** Steps of a deployment over time; those on its longest chain stand out. */
export function timelineChart(steps: readonly TimelineStep[]): Chart {
  return {
    height: 90 + 18 * steps.length,
    option: {
      title: { text: "Steps of a deployment", subtext: "seconds since its begin; red: the longest chain" },
      grid: { left: 10, right: 40, top: 60, bottom: 10, containLabel: true },
      xAxis: { type: "value" },
      yAxis: { type: "category", data: steps.map(({ name }) => name), inverse: true, axisTick: { show: false } },
      series: [
        // What lifts each bar to where it begins.
        { type: "bar", stack: "time", silent: true, itemStyle: { opacity: 0 }, data: steps.map(({ from }) => from) },
        {
          type: "bar",
          stack: "time",
          barMinWidth: 4,
          data: steps.map(({ from, to, critical }) => ({
            value: to - from,
            itemStyle: { color: critical ? colours.bad : colours.plain },
          })),
        },
      ],
    },
  };
}
