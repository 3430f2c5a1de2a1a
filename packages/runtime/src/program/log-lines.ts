/** Log of a node, one line an event with its time in UTC first. Callers hand it nothing secret. */
export interface LogLines {
  /**
   * @param sameAs - key of lines that make one plain line where they follow on each other: the first's fields, the number of
   *   them, and the last slot. It is written with the next other line.
   */
  info(event: string, fields?: Readonly<Record<string, string | number | boolean>>, sameAs?: string): void
  /** @param sameAs - key of the warning's repetitions, which are held back; the event's name unless given */
  warn(event: string, fields?: Readonly<Record<string, string | number | boolean>>, sameAs?: string): void
}

/** Least time between two lines of the same warning, ms; the second counts those left out. */
const WARN_EVERY = 10_000
/** Most warnings whose repetitions are held back; beyond, the earliest is forgotten. */
const WATCHED_WARNINGS = 256

/** Lines that wait for those that follow on them. */
interface HeldLine {
  readonly sameAs: string
  readonly event: string
  readonly fields: Readonly<Record<string, string | number | boolean>>
  readonly count: number
  readonly last: string | number | boolean | undefined
}

/**
 * Makes a log of plain lines for people, or of JSON lines for machines.
 *
 * @param write - takes one line, its end included
 */
export function logLines(role: string, json: boolean, write: (line: string) => void, now: () => number = Date.now): LogLines {
  let held: HeldLine | undefined
  const release = (): void => {
    if (!held) return
    const { event, fields, count, last } = held
    held = undefined
    line('info', event, count > 1 ? { ...fields, slots: count, ...(last !== undefined && { last }) } : fields)
  }
  const line = (level: string, event: string, fields: Readonly<Record<string, string | number | boolean>> = {}): void => {
    release()
    const time = new Date(now()).toISOString()
    if (json) write(`${JSON.stringify({ time, level, role, event, ...fields })}\n`)
    else {
      const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${plain(value)}`)
      write(`${time} ${role} ${level === 'warn' ? 'warning: ' : ''}${event}${rest.join('')}\n`)
    }
  }
  const warned = new Map<string, { at: number; left: number }>()
  return {
    info: (event, fields = {}, sameAs) => {
      if (json || sameAs === undefined) line('info', event, fields)
      else if (held?.sameAs === sameAs) held = { ...held, count: held.count + 1, last: fields.slot }
      else {
        release()
        held = { sameAs, event, fields, count: 1, last: undefined }
      }
    },
    warn: (event, fields, sameAs = event) => {
      const before = warned.get(sameAs)
      if (before && now() - before.at < WARN_EVERY) {
        before.left++
        return
      }
      warned.set(sameAs, { at: now(), left: 0 })
      if (warned.size > WATCHED_WARNINGS) {
        const oldest = warned.keys().next().value
        if (oldest !== undefined) warned.delete(oldest)
      }
      line('warn', event, before && before.left > 0 ? { ...fields, repeated: before.left } : fields)
    }
  }
}

/** Writes a value on a plain line, quoted unless it is one word: text from a peer must not pass for a line of ours. */
function plain(value: string | number | boolean): string {
  const text = String(value)
  if (/^[^\s"=\p{C}]+$/u.test(text)) return text
  return JSON.stringify(text).replace(/[\p{C}\u2028\u2029]/gu, '?')
}
