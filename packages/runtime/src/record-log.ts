import { closeSync, existsSync, fdatasyncSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { concatBytes, equalBytes, HushgridError, sha256, u32, utf8 } from '@hushgrid/primitives'

/** A log that cannot be written any more. The node has to stop rather than go on without it. */
export class RecordLogError extends HushgridError {
  override name = 'RecordLogError'
}

/** How a log was found. A torn or altered record makes it `damaged`; the records before that are still given. */
export type LogCondition = 'new' | 'intact' | 'damaged'

const MAGIC = utf8('hushgrid record log 1\n')
/** A record's frame: u32 length and the first bytes of its SHA-256. */
const CHECK = 8
const MAX_RECORD = 64 * 1024 * 1024

/** An append-only file of records, each checked by a hash. A record is with the operating system when append returns. */
export class RecordLog {
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
   * @param flush - whether each record is flushed to the disk, to outlive a loss of power; without, it outlives the
   *   process only, which is enough for a lab
   */
  static open(path: string, flush: boolean): { log: RecordLog; records: Uint8Array[]; condition: LogCondition } {
    const existed = existsSync(path)
    const { records, good, damaged } = existed ? read(new Uint8Array(readFileSync(path))) : { records: [], good: 0, damaged: false }
    const log = new RecordLog(
      path,
      flush,
      attempt(path, () => openSync(path, 'a', 0o600)),
      good
    )
    // What follows a damaged record cannot be framed: the log goes on from its last good one, in a fresh file.
    if (!existed || damaged) log.replace(records)
    return { log, records, condition: !existed ? 'new' : damaged ? 'damaged' : 'intact' }
  }

  /**
   * Reads a log and leaves it alone.
   *
   * @throws RecordLogError where it cannot be read
   */
  static read(path: string): { records: Uint8Array[]; damaged: boolean } {
    return read(new Uint8Array(attempt(path, () => readFileSync(path), 'read')))
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

  /** Puts other records in place of all there are, at once: what is read later is either the old log or the new. */
  replace(records: readonly Uint8Array[]): void {
    attempt(this.path, () => {
      const next = `${this.path}.next`
      const descriptor = openSync(next, 'w', 0o600)
      const bytes = concatBytes(MAGIC, ...records.map(frame))
      writeSync(descriptor, bytes)
      if (this.#flush) fsyncSync(descriptor)
      renameSync(next, this.path)
      if (this.#flush) flushFolder(dirname(this.path))
      closeSync(this.#descriptor)
      this.#descriptor = descriptor
      this.#bytes = bytes.byteLength
    })
  }

  #write(bytes: Uint8Array): void {
    const written = writeSync(this.#descriptor, bytes)
    if (written !== bytes.byteLength)
      throw new RecordLogError(`${this.path}: expected to write ${bytes.byteLength} bytes, wrote ${written}`)
    this.#bytes += written
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function frame(record: Uint8Array): Uint8Array {
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

function flushFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function attempt<T>(path: string, action: () => T, what = 'write to'): T {
  try {
    return action()
  } catch (cause) {
    if (cause instanceof RecordLogError) throw cause
    throw new RecordLogError(`${path}: expected to ${what} the log (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`)
  }
}
