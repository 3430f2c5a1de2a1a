import { InvalidArgumentError, meant, printable } from '@hushgrid/primitives'

/** Makes the parser of an option that is one of a few words; names the one that was probably meant. */
export function choiceOf<T extends string>(option: string, words: readonly T[]): (text: string) => T {
  return text => {
    const found = words.find(each => each === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(option, `one of ${words.join(', ')}`, `'${printable(text)}'${meant(text, words)}`)
  }
}
