// Reads files and folders of recorded readings from disk, whatever dataset they are of.
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  DataFormatError,
  detectLayout,
  type GapReport,
  type HouseholdSeries,
  type Layout,
  type LayoutName,
  LineSplitter,
  type ParserOptions,
  ReadingsParser
} from '@hushgrid/load-profiles'
import { DEFAULT_SLOT_SECONDS, HushgridError, IMPORT_LANE, type ObisCode } from '@hushgrid/primitives'

/** Lines that tell a layout, and below the most that is read to get them. */
const HEAD_LINES = 24
const HEAD_BYTES = 2 ** 20
const CHUNK_BYTES = 2 ** 20
/** Depth of folders in folders: a dataset's own, its years or houses, and one to spare. */
const DEEPEST = 3

/** Choice of what to read from a file or folder. */
export interface LoadOptions extends Omit<ParserOptions, 'slotSeconds'> {
  /** Length of a slot, s; the longer of 900 s and the source's interval unless given. */
  readonly slotSeconds?: number
  /** Files to read of a folder, by their paths within it; every file of a known layout unless given. */
  readonly sources?: readonly string[]
}

/** Readings of one file or folder. */
export interface LoadedReadings {
  /** Households with at least one reading, in the order of the files; the others have a gap report only. */
  readonly households: HouseholdSeries[]
  readonly lanes: readonly ObisCode[]
  readonly slotSeconds: number
  readonly gaps: GapReport[]
  readonly layout: LayoutName
  /** Name of the dataset, for people. */
  readonly title: string
  /** Files that were read. */
  readonly files: string[]
  /** Files of the folder without readings of a known layout, each with the reason. */
  readonly skipped: { readonly file: string; readonly reason: string }[]
}

/** Path without readings: it is missing, closed, empty, or holds something else. */
export class ReadingsFileError extends HushgridError {
  override name = 'ReadingsFileError'
  readonly path: string

  /** @param problem - one clause, without the path */
  constructor(path: string, problem: string, options?: ErrorOptions) {
    super(`${path}: ${problem}`, options)
    this.path = path
  }
}

/**
 * Reads the households of a public dataset, whatever its layout: a file, or a folder of files (one household a file,
 * one folder a house, one file a year). Files are streamed, so their size does not matter.
 *
 * @param path - a file, or a folder that holds files of one layout; others in it are skipped and named
 * @throws ReadingsFileError where nothing can be read there
 * @throws DataFormatError where a line breaks its file's layout; names file and line
 * @throws InvalidArgumentError where `slotSeconds` does not fit the readings; says which would
 */
export async function loadReadings(path: string, options: LoadOptions = {}): Promise<LoadedReadings> {
  const { sources, slotSeconds: wanted, ...rest } = options
  const folder = (await attempt(path, () => stat(path))).isDirectory()
  const { files, skipped } = folder ? await layoutsIn(path, sources) : { files: [await layoutOf(path, '')], skipped: [] }
  const [first] = files
  if (!first) {
    const [reason] = skipped
    throw new ReadingsFileError(path, reason ? `no file of a known layout; ${reason.reason}` : 'no .csv, .txt or .dat file in the folder')
  }
  const other = files.find(file => file.layout.name !== first.layout.name)
  if (other) {
    const both = `${first.file} is ${first.layout.name}, ${other.file} is ${other.layout.name}`
    throw new ReadingsFileError(path, `expected files of one layout, but ${both}; name those to read as sources`)
  }
  const slotSeconds = wanted ?? files.reduce((longest, { layout }) => Math.max(longest, layout.stepSeconds), DEFAULT_SLOT_SECONDS)
  const parser = new ReadingsParser({ ...rest, slotSeconds })
  const read: string[] = []
  for (const { file, layout } of files) {
    const household = layout.household ?? (parser.full ? layout.firstHousehold : undefined)
    if (household !== undefined && !parser.wants(household)) continue
    await stream(folder ? join(path, file) : path, layout, parser)
    read.push(file)
  }
  const { households, gaps } = parser.finish()
  const missing = typeof rest.households === 'object' ? rest.households.filter(name => !gaps.some(gap => gap.household === name)) : []
  if (missing.length > 0) throw new ReadingsFileError(path, `no household ${missing.slice(0, 5).join(', ')} there`)
  if (households.length === 0) throw new ReadingsFileError(path, nothingLeft(gaps.length, rest))
  return { households, lanes: [IMPORT_LANE], slotSeconds, gaps, layout: first.layout.name, title: first.layout.title, files: read, skipped }
}

function nothingLeft(households: number, { from, until }: Pick<LoadOptions, 'from' | 'until'>): string {
  const span = from !== undefined || until !== undefined ? ' in the span asked for' : ''
  return `expected readings, got not one whole slot${span} from ${households} households`
}

interface FileLayout {
  /** Path within the folder; the whole path of a single file. */
  readonly file: string
  readonly layout: Layout
}

/** Recognises each file of a folder. */
async function layoutsIn(
  folder: string,
  sources: readonly string[] | undefined
): Promise<{ files: FileLayout[]; skipped: { file: string; reason: string }[] }> {
  const files: FileLayout[] = []
  const skipped: { file: string; reason: string }[] = []
  for (const file of sources ?? (await candidates(folder, '', DEEPEST)).sort(naturalOrder)) {
    try {
      files.push(await layoutOf(file, folder))
    } catch (error) {
      // A file that was asked for by name must be readable; any other may be the dataset's notes.
      if (sources || !(error instanceof DataFormatError || error instanceof ReadingsFileError)) throw error
      skipped.push({ file, reason: error.message })
    }
  }
  return { files, skipped }
}

/** Lists files that may hold readings; of UK-DALE only the whole-house channel does. */
async function candidates(folder: string, within: string, depth: number): Promise<string[]> {
  const here = join(folder, within)
  const found: string[] = []
  for (const entry of await attempt(here, () => readdir(here, { withFileTypes: true }))) {
    if (entry.name.startsWith('.')) continue
    const name = within === '' ? entry.name : `${within}/${entry.name}`
    // Links to files are followed; links to folders are not, since they may lead in a circle.
    const file = entry.isSymbolicLink() ? await attempt(name, () => linked(join(folder, name))) : entry
    if (entry.isDirectory() && depth > 1) found.push(...(await candidates(folder, name, depth - 1)))
    else if (file?.isFile() && /\.(?:csv|txt)$|^channel_1\.dat$/i.test(entry.name)) found.push(name)
  }
  return found
}

/** Looks up a link's target; undefined where it is no longer there. */
async function linked(path: string): Promise<{ isFile(): boolean } | undefined> {
  try {
    return await stat(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}

/** Compares names so that Apt2 comes before Apt10. */
function naturalOrder(a: string, b: string): number {
  const left = a.split(/(\d+)/)
  const right = b.split(/(\d+)/)
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] as string, right[i] as string]
    // Splitting at digits puts numbers at the odd places.
    if (i % 2 === 1 && Number(x) !== Number(y)) return Number(x) - Number(y)
    if (x !== y) return x < y ? -1 : 1
  }
  return left.length - right.length
}

/** @param folder - folder that `file` is within; empty where it stands alone */
async function layoutOf(file: string, folder: string): Promise<FileLayout> {
  const path = folder === '' ? file : join(folder, file)
  const handle = await attempt(path, () => open(path, 'r'))
  try {
    if (!(await handle.stat()).isFile()) throw new ReadingsFileError(path, 'expected a file or a folder, got something else')
    const lines: string[] = []
    const splitter = new LineSplitter(path, line => lines.push(line))
    const chunk = Buffer.alloc(2 ** 16)
    for (let at = 0; at < HEAD_BYTES && lines.length < HEAD_LINES; ) {
      const { bytesRead } = await attempt(path, () => handle.read(chunk, 0, chunk.length, at))
      if (bytesRead === 0) {
        splitter.end()
        break
      }
      splitter.push(chunk.subarray(0, bytesRead))
      at += bytesRead
    }
    return { file, layout: detectLayout(lines, path.replaceAll('\\', '/')) }
  } finally {
    await handle.close()
  }
}

async function stream(path: string, layout: Layout, parser: ReadingsParser): Promise<void> {
  parser.begin(path, layout)
  await attempt(path, async () => {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) parser.push(chunk as Uint8Array)
  })
  parser.end()
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  ENOTDIR: 'no such file or folder',
  EACCES: 'not allowed to read it',
  EPERM: 'not allowed to read it',
  ELOOP: 'a symbolic link that leads to itself',
  EMFILE: 'too many open files'
}

/** Runs an action on the file system, and turns its errors into one sentence. */
async function attempt<Value>(path: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof HushgridError || typeof code !== 'string') throw error
    throw new ReadingsFileError(path, CAUSES[code] ?? `cannot be read (${code})`, { cause: error })
  }
}
