// SQLite's file format (sqlite.org/fileformat2.html, section 4): big-endian numbers, a header with two salts, and frames of
// a page each. A frame has the salts, a checksum of everything before, and, at a transaction's end, the database's size.
const HEADER = 32
const FRAME_HEADER = 24
/** Magic number without its last bit, which tells the byte order of the checksums. */
const MAGIC = 0x377f0682

/**
 * Condition in which a SQLite write-ahead log is found:
 *
 * - `missing`: there is no log with a header and at least one frame, intact or not; SQLite never leaves a shorter one.
 * - `broken`: stable transactions lie behind a damaged place, which SQLite takes for the log's end; it would forget them.
 * - `intact`: neither. A single transaction behind a damaged place may have been cut short, as pages reach the disk in any
 *   order. It begins only once all before it are stable, so two of them prove damage.
 */
export type LogState = 'missing' | 'broken' | 'intact'

export function logState(log: Uint8Array): LogState {
  if (log.byteLength < HEADER) return 'missing'
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength)
  const size = FRAME_HEADER + view.getUint32(8)
  if ((view.getUint32(0) & ~1) !== MAGIC || log.byteLength < HEADER + size) return 'missing'
  const checksum = new Checksum(view, (view.getUint32(0) & 1) === 0)
  checksum.add(0, 24)
  if (!checksum.isAt(24)) return 'missing'
  let sound = true
  let behind = 0
  for (let at = HEADER; at + size <= log.byteLength; at += size) {
    // Frames with other salts are from before the log was begun anew.
    const ours = view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20)
    if (sound) {
      checksum.add(at, at + 8)
      checksum.add(at + FRAME_HEADER, at + size)
      sound = ours && checksum.isAt(at + 16)
    }
    if (!sound && ours && view.getUint32(at + 4) !== 0) behind++
  }
  return behind >= 2 ? 'broken' : 'intact'
}

class Checksum {
  readonly #view: DataView
  readonly #littleEndian: boolean
  #first = 0
  #second = 0

  constructor(view: DataView, littleEndian: boolean) {
    this.#view = view
    this.#littleEndian = littleEndian
  }

  add(from: number, to: number): void {
    for (let at = from; at < to; at += 8) {
      this.#first = (this.#first + this.#view.getUint32(at, this.#littleEndian) + this.#second) >>> 0
      this.#second = (this.#second + this.#view.getUint32(at + 4, this.#littleEndian) + this.#first) >>> 0
    }
  }

  isAt(at: number): boolean {
    return this.#view.getUint32(at) === this.#first && this.#view.getUint32(at + 4) === this.#second
  }
}
