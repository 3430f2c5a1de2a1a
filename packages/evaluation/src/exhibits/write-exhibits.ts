// Writes figures, tables, captions and the report of an evaluation into its folder.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { latexKnown, latexTable, latexText, markdownTable } from '@hushgrid/comparison/report'
import { makeFolder, writeResult } from '@hushgrid/runtime'
import { type Drawing, drawFigure } from '../figures/draw.ts'
import { type Tint, WIDTHS, type Width } from '../figures/look.ts'
import type { Evaluation } from '../record/evaluation.ts'
import { reportHtml } from '../report/html.ts'
import { csvTable, printed } from '../tables/table.ts'
import { type Scene, sceneOf } from '../values/scene.ts'
import { captionText } from './caption.ts'
import type { DrawnExhibit, Exhibit } from './exhibit.ts'
import { EXHIBITS } from './exhibits.ts'
import { EXHIBIT_NAMES, type ExhibitName } from './names.ts'

export interface WriteOptions {
  /** True to leave out runs that a busy machine disturbed. */
  readonly undisturbed?: boolean
  /** Folder of the runs as a person gave it, for the commands of captions; the one that is written to unless given. */
  readonly from?: string
  /** Told each exhibit before it is drawn. */
  readonly onExhibit?: (name: ExhibitName) => void
}

const FOLDERS = ['figures', 'figures/grey', 'tables', 'captions'] as const
const REPORT = 'report.html'

/** Mode of what a person asks for, less the umask. */
const FOR_ALL = 0o777

/**
 * Writes `figures/`, `figures/grey/`, `tables/`, `captions/` and, with all exhibits, `report.html`; with some of them a
 * report that is there stays as it is. All is made before the first
 * file is written, and each file is whole or not there; files of exhibits that are no longer there are removed.
 *
 * @param only - names of the exhibits to write; all unless given
 * @returns the files, relative to the folder
 * @throws OutputError where a file cannot be written
 */
export async function writeExhibits(
  folder: string,
  evaluation: Evaluation,
  only?: readonly ExhibitName[],
  options: WriteOptions = {}
): Promise<readonly string[]> {
  const scene = sceneOf(evaluation, { from: options.from ?? folder, undisturbed: options.undisturbed ?? false })
  const chosen = EXHIBITS.filter(({ name }) => only === undefined || only.includes(name))
  const files = new Map<string, string | Uint8Array>()
  const drawn: DrawnExhibit[] = []
  for (const exhibit of chosen) {
    options.onExhibit?.(exhibit.name)
    drawn.push(await drawnExhibit(scene, exhibit, files))
  }
  if (only === undefined) files.set(REPORT, reportHtml(scene, drawn))
  for (const room of FOLDERS) makeFolder(join(folder, room), FOR_ALL)
  for (const [name, content] of files) writeResult(join(folder, name), content)
  removeOthers(folder, chosen, files)
  return [...files.keys()]
}

async function drawnExhibit(scene: Scene, exhibit: Exhibit, files: Map<string, string | Uint8Array>): Promise<DrawnExhibit> {
  const made = exhibit.make(scene)
  const caption = captionText(scene, exhibit, made)
  const svg = new Map<string, string>()
  for (const figure of made.figures.filter(({ panels }) => panels.length > 0)) {
    for (const width of Object.keys(WIDTHS) as Width[]) {
      const drawn = await drawFigure(figure, width)
      for (const tint of ['colour', 'grey'] as const) keepDrawing(files, `${figure.name}-${width}`, tint, drawn[tint])
      if (width === 'full') svg.set(figure.name, drawn.colour.svg)
    }
  }
  for (const table of made.tables.filter(({ rows }) => rows.length > 0)) {
    const file = `tables/${table.name}`
    files.set(`${file}.csv`, csvTable(table))
    files.set(`${file}.md`, markdownTable(printed(table)))
    files.set(`${file}.tex`, latexTable(printed(table)))
  }
  files.set(`captions/${exhibit.name}.txt`, `${caption}\n`)
  files.set(`captions/${exhibit.name}.tex`, `${latexText(latexKnown(caption))}\n`)
  return { exhibit, made, caption, svg }
}

function keepDrawing(files: Map<string, string | Uint8Array>, name: string, tint: Tint, { svg, pdf }: Drawing): void {
  const room = tint === 'grey' ? 'figures/grey' : 'figures'
  files.set(`${room}/${name}.svg`, svg)
  files.set(`${room}/${name}.pdf`, pdf)
}

/** Gives the exhibit that a file belongs to: a figure or table has its exhibit's name, or one that begins with it. */
function ownerOf(file: string): ExhibitName | undefined {
  return EXHIBIT_NAMES.find(name => file.startsWith(`${name}-`) || file.startsWith(`${name}.`))
}

/** Removes files of the chosen exhibits that were not made this time. */
function removeOthers(folder: string, chosen: readonly Exhibit[], files: ReadonlyMap<string, unknown>): void {
  for (const room of FOLDERS) {
    for (const file of readdirSync(join(folder, room))) {
      const name = `${room}/${file}`
      const owner = ownerOf(file)
      if (!files.has(name) && chosen.some(exhibit => exhibit.name === owner)) rmSync(join(folder, name), { force: true })
    }
  }
}
