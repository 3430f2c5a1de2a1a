/** Writes a node's log: one line an event, time in UTC first. Nothing secret is ever handed to it. */
export interface LogLines {
  info(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void
  warn(event: string, fields?: Readonly<Record<string, string | number | boolean>>): void
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
      const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${value}`)
      write(`${time} ${role} ${level === 'warn' ? 'warning: ' : ''}${event}${rest.join('')}\n`)
    }
  }
  const warned = new Map<string, { at: number; left: number }>()
  return {
    info: (event, fields) => line('info', event, fields),
    warn: (event, fields) => {
      const before = warned.get(event)
      if (before && now() - before.at < WARN_EVERY) {
        before.left++
        return
      }
      warned.set(event, { at: now(), left: 0 })
      if (warned.size > WATCHED_WARNINGS) {
        const oldest = warned.keys().next().value
        if (oldest !== undefined) warned.delete(oldest)
      }
      line('warn', event, before && before.left > 0 ? { ...fields, repeated: before.left } : fields)
    }
  }
}
