import { thousands } from '#reports/table';

/** A line of a chart: at each place along the bottom what it shows there, at least and at most; null where there is nothing. */
export interface Line {
  readonly name: string;
  /** Lines of one group have one colour and one mark. */
  readonly group: string;
  readonly points: readonly ({ readonly least: number; readonly most: number } | null)[];
}

export interface Chart {
  readonly title: string;
  /** What stands along the bottom, and the places there. */
  readonly bottom: string;
  readonly places: readonly number[];
  /** What the height shows. */
  readonly side: string;
  readonly lines: readonly Line[];
}

const WIDTH = 760;
const HEIGHT = 320;
const MARGIN = { top: 36, right: 44, bottom: 48, left: 84 } as const;
/** Of the legend below: the height of a line, and how many entries stand side by side. */
const LEGEND = { line: 20, columns: 2 } as const;

/** Told apart by people who see colours differently, too; marks and dashes say the same once more. */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'] as const;
const dashes = ['', '7 4', '2 3', '10 3 2 3'] as const;

/** An SVG document that needs nothing else. Equal charts are equal bytes. */
export function chartSvg(chart: Chart): string {
  const scale = scaleOf(chart);
  const groups = [...new Set(chart.lines.map(({ group }) => group))];
  const looks = chart.lines.map((line, at): Look => ({
    colour: colours[groups.indexOf(line.group) % colours.length]!,
    dash: dashes[chart.lines.slice(0, at).filter(({ group }) => group === line.group).length % dashes.length]!,
    mark: groups.indexOf(line.group),
  }));
  const height = HEIGHT + LEGEND.line * Math.ceil(chart.lines.length / LEGEND.columns) + 8;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(chart.title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${MARGIN.left}" y="20" font-size="14" font-weight="bold">${escapeXml(chart.title)}</text>`,
    ...axes(chart, scale),
    ...chart.lines.flatMap(({ points }, at) => drawn(points, scale, looks[at]!)),
    ...chart.lines.flatMap(({ name }, at) => legend(name, at, looks[at]!)),
    '</svg>',
  ].join('\n')}\n`;
}

interface Look { readonly colour: string; readonly dash: string; readonly mark: number }

interface Scale {
  readonly x: (place: number) => number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

/** By tens where values are far apart, otherwise even. Nothing is at the bottom of either. */
function scaleOf({ lines, places }: Chart): Scale {
  const values = lines.flatMap(({ points }) => points.flatMap((point) => (point === null ? [] : [point.least, point.most])));
  const positive = values.filter((value) => value > 0);
  const most = Math.max(1, ...positive);
  const least = Math.min(most, ...positive);
  const [inner, depth] = [WIDTH - MARGIN.left - MARGIN.right, HEIGHT - MARGIN.top - MARGIN.bottom];
  const x = (place: number) => MARGIN.left + (places.length === 1 ? inner / 2 : (inner * place) / (places.length - 1));
  const at = (share: number) => MARGIN.top + depth * (1 - share);
  if (most / least <= 30) {
    const step = niceStep(most / 5);
    const top = Math.ceil(most / step) * step;
    return { x, y: (value) => at(value / top), ticks: Array.from({ length: Math.round(top / step) + 1 }, (_, tick) => tick * step) };
  }
  const [low, high] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const decades = Array.from({ length: high - low + 1 }, (_, tick) => 10 ** (low + tick));
  const hasNothing = values.includes(0);
  const floor = hasNothing ? 0.08 : 0;
  const y = (value: number) => at(value <= 0 ? 0 : floor + ((1 - floor) * (Math.log10(value) - low)) / Math.max(1, high - low));
  return { x, y, ticks: hasNothing ? [0, ...decades] : decades };
}

/** 1, 2 or 5 with noughts, and not less than what is asked. */
function niceStep(least: number): number {
  const unit = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * unit).find((step) => step >= least - 1e-9)!;
}

function axes({ bottom, places, side }: Chart, { x, y, ticks }: Scale): readonly string[] {
  const [left, right, base] = [MARGIN.left, WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  return [
    ...ticks.flatMap((tick) => [
      `<line x1="${left}" y1="${fixed(y(tick))}" x2="${right}" y2="${fixed(y(tick))}" stroke="#ddd"/>`,
      `<text x="${left - 8}" y="${fixed(y(tick) + 4)}" text-anchor="end">${thousands(Number(tick.toPrecision(6)))}</text>`,
    ]),
    ...places.map((place, at) => `<text x="${fixed(x(at))}" y="${base + 18}" text-anchor="middle">${thousands(place)}</text>`),
    `<line x1="${left}" y1="${base}" x2="${right}" y2="${base}" stroke="#333"/>`,
    `<text x="${fixed((left + right) / 2)}" y="${base + 38}" text-anchor="middle">${escapeXml(bottom)}</text>`,
    `<text transform="translate(16 ${fixed((MARGIN.top + base) / 2)}) rotate(-90)" text-anchor="middle">${escapeXml(side)}</text>`,
  ];
}

/** A line through what is there, with a band where it is known within bounds only. */
function drawn(points: Line['points'], { x, y }: Scale, { colour, dash, mark }: Look): readonly string[] {
  const there = points.flatMap((point, at) => (point === null ? [] : [{ ...point, at }]));
  if (there.length === 0) return [];
  const path = (side: 'least' | 'most') => there.map((point) => `${fixed(x(point.at))},${fixed(y(point[side]))}`);
  const band = there.some(({ least, most }) => least < most)
    ? [`<polygon points="${[...path('most'), ...path('least').reverse()].join(' ')}" fill="${colour}" fill-opacity="0.12"/>`] : [];
  const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return [
    ...band,
    `<polyline points="${path('most').join(' ')}" fill="none" stroke="${colour}" stroke-width="${widthOf(mark)}"${dashed}/>`,
    ...there.map(({ most, at }) => marked(x(at), y(most), colour, mark)),
  ];
}

/** What is drawn first is drawn wider, so that lines which coincide are all seen. */
const widthOf = (mark: number): number => Math.max(2, 6 - 2 * mark);

function marked(x: number, y: number, colour: string, mark: number): string {
  const half = Math.max(4, 7 - 1.5 * mark);
  switch (mark % 3) {
    case 0: return `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="${half}" fill="${colour}"/>`;
    case 1: return `<rect x="${fixed(x - half)}" y="${fixed(y - half)}" width="${2 * half}" height="${2 * half}" fill="${colour}"/>`;
    default: return `<polygon points="${fixed(x)},${fixed(y - half)} ${fixed(x + half)},${fixed(y + half)} ${fixed(x - half)},${fixed(y + half)}" fill="${colour}"/>`;
  }
}

function legend(name: string, at: number, { colour, dash, mark }: Look): readonly string[] {
  const x = MARGIN.left + (at % LEGEND.columns) * ((WIDTH - MARGIN.left) / LEGEND.columns);
  const y = HEIGHT + LEGEND.line * Math.floor(at / LEGEND.columns) + 8;
  const dashed = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return [
    `<line x1="${fixed(x)}" y1="${y}" x2="${fixed(x + 36)}" y2="${y}" stroke="${colour}" stroke-width="${widthOf(mark)}"${dashed}/>`,
    marked(x + 18, y, colour, mark),
    `<text x="${fixed(x + 44)}" y="${y + 4}">${escapeXml(name)}</text>`,
  ];
}

/** A tenth of a pixel is enough, and the same digits everywhere. */
const fixed = (value: number): string => String(Math.round(value * 10) / 10);

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
