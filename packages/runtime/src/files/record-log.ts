// Journal in a file: records in the order they were appended, each with a hash that shows a torn or altered one.
import {
  closeSync,
  constants,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync
} from 'node:fs'
import { dirname } from 'node:path'
import { concatBytes, equalBytes, HushgridError, sha256, u32, utf8 } from '@hushgrid/primitives'
import { flushFolder } from './flush-folder.ts'

/** Log that cannot be written any more; the node has to stop rather than go on without it. */
export class RecordLogError extends HushgridError {
  override name = 'RecordLogError'
}

/** Condition of a log at opening. A torn or altered record makes it `damaged`; the records before that are still given. */
export type LogCondition = 'new' | 'intact' | 'damaged'

const MAGIC = utf8('hushgrid record log 1\n')
/** Bytes of a record's frame: u32 length and the first bytes of its SHA-256. */
const CHECK = 8
const MAX_RECORD = 64 * 1024 * 1024
/** Flags that open a file as `a` does, but emptied. */
const APPEND_ANEW = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_APPEND
const CLOSED = -1

/** Append-only file of records, each checked by a hash. The operating system has a record when `append` returns. */
export class RecordLog {
  /** Bytes of a log without records. */
  static readonly HEADER_BYTES = MAGIC.byteLength
  readonly path: string
  readonly #flush: boolean
  #descriptor: number
  #bytes: number

  private constructor(path: string, flush: boolean, descriptor: number, bytes: number) {
    this.path = path
    this.#flush = flush
    this.#descriptor = descriptor
    this.#bytes = bytes
  }

  /**
   * Opens a log, or makes it where there is none.
   *
   * @param flush - flushes each record to the disk, to outlive a loss of power; without, it outlives the process only,
   *   which is enough for a lab
   */
  static open(path: string, flush: boolean): { log: RecordLog; records: Uint8Array[]; condition: LogCondition } {
    const existed = existsSync(path)
    const { records, good, damaged } = existed
      ? read(new Uint8Array(attempt(path, () => readFileSync(path), 'read')))
      : { records: [], good: 0, damaged: false }
    const log = new RecordLog(
      path,
      flush,
      attempt(path, () => openSync(path, 'a', 0o600)),
      good
    )
    if (!existed) log.#begin()
    // Records after a damaged one cannot be framed: the log goes on from its last good one, in a fresh file.
    else if (damaged) log.replace(records)
    return { log, records, condition: !existed ? 'new' : damaged ? 'damaged' : 'intact' }
  }

  /**
   * Reads a log and leaves it alone.
   *
   * @throws RecordLogError where it cannot be read
   */
  static read(path: string): { records: Uint8Array[]; damaged: boolean } {
    const { records, damaged } = read(new Uint8Array(attempt(path, () => readFileSync(path), 'read')))
    return { records, damaged }
  }

  /** Bytes that the log takes on disk. */
  get byteLength(): number {
    return this.#bytes
  }

  /** @throws RecordLogError where the disk is full or the file is gone */
  append(record: Uint8Array): void {
    attempt(this.path, () => {
      this.#write(frame(record))
      if (this.#flush) fdatasyncSync(this.#descriptor)
    })
  }

  /** Replaces all records at once: a later start reads either the old log or the new. */
  replace(records: readonly Uint8Array[]): void {
    attempt(this.path, () => {
      this.#checkOpen()
      const next = `${this.path}.next`
      const bytes = concatBytes(MAGIC, ...records.map(frame))
      const descriptor = openSync(next, APPEND_ANEW, 0o600)
      try {
        writeWhole(descriptor, bytes, next)
        if (this.#flush) fsyncSync(descriptor)
        renameSync(next, this.path)
      } catch (cause) {
        closeSync(descriptor)
        rmSync(next, { force: true })
        throw cause
      }
      closeSync(this.#descriptor)
      this.#descriptor = descriptor
      this.#bytes = bytes.byteLength
      if (this.#flush) flushFolder(dirname(this.path))
    })
  }

  #begin(): void {
    attempt(this.path, () => {
      this.#write(MAGIC)
      if (!this.#flush) return
      fsyncSync(this.#descriptor)
      flushFolder(dirname(this.path))
    })
  }

  #write(bytes: Uint8Array): void {
    this.#checkOpen()
    try {
      writeWhole(this.#descriptor, bytes, this.path)
    } catch (cause) {
      // A full disk takes part of a record, which would look like damage at the next start.
      ftruncateSync(this.#descriptor, this.#bytes)
      throw cause
    }
    this.#bytes += bytes.byteLength
  }

  /** Refuses a closed log, whose descriptor may belong to another file by now. */
  #checkOpen(): void {
    if (this.#descriptor === CLOSED) throw new RecordLogError(`${this.path}: expected the log to be open, got one that was closed`)
  }

  close(): void {
    if (this.#descriptor === CLOSED) return
    closeSync(this.#descriptor)
    this.#descriptor = CLOSED
  }
}

/** Writes all bytes or throws: a disk that is nearly full takes a part and reports no error. */
function writeWhole(descriptor: number, bytes: Uint8Array, path: string): void {
  const written = writeSync(descriptor, bytes)
  if (written !== bytes.byteLength) throw new RecordLogError(`${path}: expected to write ${bytes.byteLength} bytes, wrote ${written}`)
}

function frame(record: Uint8Array): Uint8Array {
  // A longer record would count as damage when it is read.
  if (record.byteLength > MAX_RECORD) throw new RecordLogError(`record: expected at most ${MAX_RECORD} bytes, got ${record.byteLength}`)
  return concatBytes(u32(record.byteLength), sha256(record).subarray(0, CHECK), record)
}

function read(bytes: Uint8Array): { records: Uint8Array[]; good: number; damaged: boolean } {
  const records: Uint8Array[] = []
  if (!equalBytes(bytes.subarray(0, MAGIC.byteLength), MAGIC)) return { records, good: 0, damaged: true }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = MAGIC.byteLength
  while (at < bytes.byteLength) {
    if (at + 4 + CHECK > bytes.byteLength) return { records, good: at, damaged: true }
    const length = view.getUint32(at, true)
    const start = at + 4 + CHECK
    if (length > MAX_RECORD || start + length > bytes.byteLength) return { records, good: at, damaged: true }
    const record = bytes.slice(start, start + length)
    if (!equalBytes(sha256(record).subarray(0, CHECK), bytes.subarray(at + 4, start))) return { records, good: at, damaged: true }
    records.push(record)
    at = start + length
  }
  return { records, good: at, damaged: false }
}

function attempt<T>(path: string, action: () => T, what = 'write to'): T {
  try {
    return action()
  } catch (cause) {
    if (cause instanceof RecordLogError) throw cause
    throw new RecordLogError(`${path}: expected to ${what} the log (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`)
  }
}
