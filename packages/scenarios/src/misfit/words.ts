import { closestWord } from './closest-word.ts'

/** Gives ` (did you mean …?)` where a word is near. */
export function meant(word: string, words: readonly string[]): string {
  const closest = closestWord(word, words)
  return closest === undefined ? '' : ` (did you mean ${closest}?)`
}

/** Joins texts as "a, b or c". */
export function alternatives(texts: readonly string[]): string {
  return texts.length <= 1 ? (texts[0] ?? 'nothing') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`
}
