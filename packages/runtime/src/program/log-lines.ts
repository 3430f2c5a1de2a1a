/** Writes a node's log: one line an event, time in UTC first. Nothing secret is ever handed to it. */
export interface LogLines {
  info(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void
  /** @param sameAs - warnings with the same one are held back as repetitions; the event's name unless given */
  warn(event: string, fields?: Readonly<Record<string, string | number | boolean>>, sameAs?: string): void
}

/** The same warning is written at most this often, in milliseconds; how many were left out is said with the next. */
const WARN_EVERY = 10_000
const WATCHED_WARNINGS = 256

/**
 * Plain lines, or JSON lines for machines.
 *
 * @param write - takes one line, its end included
 */
export function logLines(role: string, json: boolean, write: (line: string) => void, now: () => number = Date.now): LogLines {
  const line = (level: string, event: string, fields: Readonly<Record<string, string | number | boolean>> = {}): void => {
    const time = new Date(now()).toISOString()
    if (json) write(`${JSON.stringify({ time, level, role, event, ...fields })}\n`)
    else {
      const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${plain(value)}`)
      write(`${time} ${role} ${level === 'warn' ? 'warning: ' : ''}${event}${rest.join('')}\n`)
    }
  }
  const warned = new Map<string, { at: number; left: number }>()
  return {
    info: (event, fields) => line('info', event, fields),
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

/** A value on a plain line; quoted where it would not read as one, so that what a peer sent cannot pass for a line of ours. */
function plain(value: string | number | boolean): string {
  const text = String(value)
  if (/^[^\s"=\p{C}]+$/u.test(text)) return text
  return JSON.stringify(text).replace(/[\p{C}\u2028\u2029]/gu, '?')
}
