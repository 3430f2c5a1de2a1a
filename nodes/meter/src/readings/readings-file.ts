// Reads files and folders of recorded readings from disk, whatever dataset they are of.
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import {
  DataFormatError,
  detectLayout,
  fittingSlots,
  type GapReport,
  type HouseholdSeries,
  type Layout,
  LineSplitter,
  type ParserOptions,
  ReadingsParser,
  type TableHints
} from '@hushgrid/load-profiles'
import { DEFAULT_LANES, DEFAULT_SLOT_SECONDS, HushgridError, type ObisCode } from '@hushgrid/primitives'

/** Lines that tell a layout: two rows of one household are among them even where the rows of thousands come by time. */
const HEAD_LINES = 4096
const HEAD_BYTES = 2 ** 20
const CHUNK_BYTES = 2 ** 20
const GZIP = Buffer.of(0x1f, 0x8b)
/** Depth of folders in folders: a dataset's own, its years or houses, and one to spare. */
const DEEPEST = 3
/** Files that may hold readings, by their names; of a house's channels only those of the mains do. */
const MAY_HOLD = /\.(?:csv|tsv|txt|xml)(?:\.gz)?$|^channel_\d+\.dat(?:\.gz)?$/i
/** Layouts whose files are of one household each, by their names. */
const ONE_HOUSEHOLD: readonly Layout['name'][] = ['smart-star', 'refit', 'redd', 'uk-dale', 'uci-household']
const CHANNEL = /^channel_(\d+)\.dat(?:\.gz)?$/i

/** Choice of what to read from a file or folder. */
export interface LoadOptions extends Omit<ParserOptions, 'slotSeconds'> {
  /** Length of a slot, s; unless given, one from 900 s on that the source's intervals fill and that divides a day. */
  readonly slotSeconds?: number
  /** Files to read of a folder, by their paths within it; every file of a known layout unless given. */
  readonly sources?: readonly string[]
  /** What the files do not tell of their tables. */
  readonly hints?: TableHints
}

/** Readings of one file or folder. */
export interface LoadedReadings {
  /** Households with at least one reading, in the order of the files; the others have a gap report only. */
  readonly households: HouseholdSeries[]
  /** Lanes that any of the households has. */
  readonly lanes: readonly ObisCode[]
  readonly slotSeconds: number
  readonly gaps: GapReport[]
  /** Layout of the first file; those of the others have the same name. */
  readonly layout: Layout
  /** Name of the dataset, for people. */
  readonly title: string
  /** Files that were read. */
  readonly files: string[]
  /** Files of the folder that were not read, each with the reason. */
  readonly skipped: { readonly file: string; readonly reason: string }[]
  /** What else was found, repaired or left out, a sentence each. */
  readonly notes: readonly string[]
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
 * @param path - a file, or a folder that holds files of one layout; others in it are listed as skipped
 * @throws ReadingsFileError where nothing can be read there
 * @throws DataFormatError where a line breaks its file's layout; names file and line
 * @throws InvalidArgumentError where `slotSeconds` does not fit the readings; says which would
 */
export async function loadReadings(path: string, options: LoadOptions = {}): Promise<LoadedReadings> {
  const { sources, slotSeconds: wanted, hints = {}, ...rest } = options
  const folder = (await attempt(path, () => stat(path))).isDirectory()
  const { files, skipped } = folder ? await layoutsIn(path, sources, hints) : { files: [await layoutOf(path, '', hints)], skipped: [] }
  const [first] = files
  if (!first) {
    const [reason] = skipped
    throw new ReadingsFileError(
      path,
      reason ? `no file of a known layout; ${reason.file}: ${reason.reason}` : 'no file of readings in the folder'
    )
  }
  const other = files.find(file => file.layout.name !== first.layout.name)
  if (other) {
    const both = `${first.file} is ${first.layout.name}, ${other.file} is ${other.layout.name}`
    throw new ReadingsFileError(path, `expected files of one layout, but ${both}; give one of them, or a folder of one layout`)
  }
  const slotSeconds = wanted ?? fittingSlot(files.map(each => each.layout))
  const parser = new ReadingsParser({ ...rest, slotSeconds })
  const read: string[] = []
  for (const { file, layout } of files) {
    const other = otherHousehold(layout, parser)
    if (other !== undefined) {
      skipped.push({ file, reason: `it is of ${other}` })
      continue
    }
    await stream(folder ? join(path, file) : path, layout, parser)
    read.push(file)
  }
  const { households, gaps, notes } = parser.finish()
  const missing = typeof rest.households === 'object' ? rest.households.filter(name => !gaps.some(gap => gap.household === name)) : []
  if (missing.length > 0) throw new ReadingsFileError(path, `no household ${missing.slice(0, 5).join(', ')} there`)
  if (households.length === 0) throw new ReadingsFileError(path, nothingLeft(gaps.length, rest))
  const lanes = DEFAULT_LANES.filter(lane => households.some(series => series.lanes.includes(lane)))
  const { layout } = first
  const longest = Math.max(...files.map(each => each.layout.stepSeconds))
  const usual = wanted !== undefined || slotSeconds === Math.max(DEFAULT_SLOT_SECONDS, longest)
  const said = usual ? [] : [`slots of ${slotSeconds / 60} min, which intervals of ${longest / 60} min fill`]
  return { households, lanes, slotSeconds, gaps, layout, title: layout.title, files: read, skipped, notes: [...said, ...notes] }
}

/**
 * The slot that whole intervals of each file fill and that divides a day: the interval itself from a quarter-hour on, else
 * the shortest of whole quarter-hours up to an hour, since prices change on those, else the shortest there is.
 */
function fittingSlot(layouts: readonly Layout[]): number {
  const steps = layouts.map(({ stepSeconds, sampling }) => (sampling?.regular === false ? 1 : stepSeconds))
  const fitting = fittingSlots(Math.max(...steps)).filter(slot => slot >= DEFAULT_SLOT_SECONDS && steps.every(step => slot % step === 0))
  const [shortest = DEFAULT_SLOT_SECONDS] = fitting
  if (steps.includes(shortest)) return shortest
  // Where no slot is made of whole intervals, their energy is spread over slots.
  return fitting.find(slot => slot % DEFAULT_SLOT_SECONDS === 0 && slot <= 3600) ?? shortest
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

/**
 * Gives the household of a file that need not be read, since it holds no other. Low Carbon London's files hold whole households
 * as they are published, so that one that begins with another has nothing of those that were found.
 */
function otherHousehold({ name, household, firstHousehold }: Layout, parser: ReadingsParser): string | undefined {
  const only = ONE_HOUSEHOLD.includes(name) ? household : name === 'low-carbon-london' && parser.full ? firstHousehold : undefined
  return only !== undefined && !parser.wants(only) ? only : undefined
}

/** A file of a folder that was not read. */
interface SkippedFile {
  readonly file: string
  readonly reason: string
}

/** Recognises each file of a folder. */
async function layoutsIn(
  folder: string,
  sources: readonly string[] | undefined,
  hints: TableHints
): Promise<{ files: FileLayout[]; skipped: SkippedFile[] }> {
  const files: FileLayout[] = []
  const skipped: SkippedFile[] = []
  const found = sources ? { files: [...sources], skipped: [] } : await candidates(folder)
  for (const file of found.files.sort(naturalOrder)) {
    try {
      files.push(await layoutOf(file, folder, { ...hints, mains: found.mains?.has(file) === true }))
    } catch (error) {
      // A file that was asked for by name must be readable; any other may be the dataset's notes.
      if (sources || !(error instanceof DataFormatError || error instanceof ReadingsFileError)) throw error
      const at = join(folder, file)
      skipped.push({ file, reason: error.message.startsWith(at) ? error.message.slice(at.length).replace(/^[,:] /, '') : error.message })
    }
  }
  return { files, skipped: [...found.skipped, ...skipped].sort((a, b) => naturalOrder(a.file, b.file)) }
}

/** Files of a folder. */
interface Candidates {
  /** Those that may hold readings. */
  readonly files: string[]
  readonly skipped: SkippedFile[]
  /** Those that hold one of several mains of a house, as its `labels.dat` says. */
  readonly mains?: Set<string>
}

/** Lists all files of a folder, and of the folders in it. */
async function candidates(folder: string): Promise<Candidates> {
  const found = { files: [] as string[], skipped: [] as SkippedFile[], mains: new Set<string>() }
  await collect(folder, '', DEEPEST, found)
  return found
}

async function collect(folder: string, within: string, depth: number, found: Required<Candidates>): Promise<void> {
  const here = join(folder, within)
  const mains = await labelledMains(here)
  for (const entry of await attempt(here, () => readdir(here, { withFileTypes: true }))) {
    if (entry.name.startsWith('.')) continue
    const name = within === '' ? entry.name : `${within}/${entry.name}`
    // Links to files are followed; links to folders are not, since they may lead in a circle.
    const file = entry.isSymbolicLink() ? await attempt(name, () => linked(join(folder, name))) : entry
    const channel = CHANNEL.exec(entry.name)?.[1]
    if (entry.isDirectory()) {
      if (depth > 1) await collect(folder, name, depth - 1, found)
      else found.skipped.push({ file: name, reason: `a folder more than ${DEEPEST - 1} levels down` })
    } else if (!file?.isFile()) found.skipped.push({ file: name, reason: file ? 'no file' : 'a link that leads nowhere' })
    else if (channel !== undefined && !(mains?.has(channel) ?? channel === '1'))
      found.skipped.push({ file: name, reason: 'the channel of an appliance, not of the mains' })
    else if (!MAY_HOLD.test(entry.name))
      found.skipped.push({ file: name, reason: 'it is no .csv, .tsv, .txt or .xml, compressed or not, and no channel_1.dat' })
    else {
      found.files.push(name)
      if (channel !== undefined && mains && mains.size > 1) found.mains.add(name)
    }
  }
}

/** Reads which channels of a house are its mains, from REDD's and UK-DALE's `labels.dat`; undefined where there is none. */
async function labelledMains(folder: string): Promise<ReadonlySet<string> | undefined> {
  const path = join(folder, 'labels.dat')
  if ((await attempt(path, () => linked(path))) === undefined) return undefined
  const lines = (await attempt(path, () => readFile(path, 'utf8'))).split(/\r?\n/)
  const mains = lines.flatMap(line => /^(\d+) +(?:mains|aggregate)\b/i.exec(line)?.[1] ?? [])
  return mains.length === 0 ? undefined : new Set(mains)
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
async function layoutOf(file: string, folder: string, hints: TableHints): Promise<FileLayout> {
  const path = folder === '' ? file : join(folder, file)
  if (!(await attempt(path, () => stat(path))).isFile())
    throw new ReadingsFileError(path, 'expected a file or a folder, got something else')
  const lines: string[] = []
  const splitter = new LineSplitter(path, line => lines.push(line))
  let bytes = 0
  for await (const chunk of chunksOf(path)) {
    splitter.push(chunk)
    bytes += chunk.length
    if (bytes >= HEAD_BYTES || lines.length >= HEAD_LINES) break
  }
  // What is looked at may end in the middle of a line, which counts only where it is the only one.
  if (bytes < HEAD_BYTES || lines.length === 0) splitter.end()
  return { file, layout: detectLayout(lines, path.replaceAll('\\', '/'), hints) }
}

async function stream(path: string, layout: Layout, parser: ReadingsParser): Promise<void> {
  parser.begin(path, layout)
  for await (const chunk of chunksOf(path)) parser.push(chunk)
  parser.end()
}

/** Reads a file in chunks, decompressed where its first bytes are gzip's (RFC 1952 section 2.3.1). */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await attempt(path, () => open(path, 'r'))
  try {
    const magic = Buffer.alloc(2)
    await attempt(path, () => handle.read(magic, 0, 2, 0))
    const bytes = handle.createReadStream({ start: 0, highWaterMark: CHUNK_BYTES, autoClose: false })
    const source = magic.equals(GZIP) ? bytes.pipe(createGunzip()) : bytes
    // An error of the file does not pass through a pipe by itself.
    if (source !== bytes) bytes.on('error', cause => source.destroy(cause))
    const chunks = source[Symbol.asyncIterator]()
    try {
      for (;;) {
        const { value, done } = await attempt(path, () => chunks.next())
        if (done) return
        yield value as Uint8Array
      }
    } finally {
      bytes.destroy()
      source.destroy()
    }
  } finally {
    await handle.close()
  }
}

const CAUSES: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'a compressed file that is cut off',
  Z_DATA_ERROR: 'a compressed file that is damaged',
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
