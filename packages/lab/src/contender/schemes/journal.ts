import { existsSync } from 'node:fs'
import type { Clock } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import { trimmedSchemeJournal } from '@hushgrid/schemes'

/** Records after which what no restart needs is cut off. */
const TRIM_AFTER = 500

/** Journal of a party of a scheme, in a file. */
export class SchemeJournal {
  /** Records of the life before; undefined where there is none. */
  readonly records: readonly Uint8Array[] | undefined
  readonly #log: RecordLog
  readonly #slotSeconds: number
  readonly #clock: Clock
  #appended = 0

  constructor(path: string, slotSeconds: number, clock: Clock) {
    const existed = existsSync(path)
    const { log, records } = RecordLog.open(path, false)
    this.#log = log
    this.#slotSeconds = slotSeconds
    this.#clock = clock
    this.records = existed ? records : undefined
  }

  append(record: Uint8Array): void {
    this.#log.append(record)
    if (++this.#appended < TRIM_AFTER) return
    this.#appended = 0
    this.#log.replace(trimmedSchemeJournal(RecordLog.read(this.#log.path).records, this.#slotSeconds, this.#clock.now()))
  }

  close(): void {
    this.#log.close()
  }
}
