// How attacks show what they learnt.

const WIDTH = 64

/** Shows rows of lanes, as many as a line holds. */
export function shownRows(rows: readonly (readonly string[])[]): string {
  const text = rows.map(row => `(${row.join(', ')})`).join(' ')
  return text.length > WIDTH ? `${text.slice(0, WIDTH - 1)}…` : text
}
