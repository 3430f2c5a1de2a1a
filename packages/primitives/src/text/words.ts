// Words for people: numbers of things, lists of what is allowed, and what was meant by a word that is none of it.

/** Most edits between a mistyped word and the one that was meant. */
const MOST_EDITS = 2

/** Writes a number of things: "1 slot", "2 slots"; `many` for what takes no s. */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${count} ${Number(count) === 1 ? one : many}`
}

/** Joins texts as "a, b or c". */
export function alternatives(texts: readonly string[]): string {
  return texts.length <= 1 ? (texts[0] ?? 'nothing') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`
}

/** Gives ` (did you mean …?)` where a word is near. */
export function meant(word: string, words: readonly string[]): string {
  const closest = closestWord(word, words)
  return closest === undefined ? '' : ` (did you mean ${closest}?)`
}

/** Finds the word that was probably meant, capitals aside; undefined where none is near. */
export function closestWord(word: string, words: readonly string[]): string | undefined {
  const near = words
    .map(each => ({ each, edits: editDistance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, edits }) => edits <= MOST_EDITS && edits < each.length)
  return near.sort((a, b) => a.edits - b.edits)[0]?.each
}

/** Counts the letters to add, leave out or change (Levenshtein 1966). */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_EDITS) return Number.POSITIVE_INFINITY
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(change, (previous[j] as number) + 1, (row[j - 1] as number) + 1))
    }
    previous = row
  }
  return previous[b.length] as number
}
