// Input of passwords: typed without being shown, or piped in a line each; never as an argument.
import { HushgridError } from '@hushgrid/primitives'

/** Missing password, where one was to be typed or piped in. */
export class PasswordInputError extends HushgridError {
  override name = 'PasswordInputError'
}

/** Source of passwords: standard input, or its stand-in in tests. */
export interface SecretSource extends AsyncIterable<string | Uint8Array> {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

/** Most characters read, more than any password that is taken. */
const MOST = 4_096
/** Keys as a terminal in raw mode sends them: Ctrl-C, Ctrl-D, Ctrl-H, Ctrl-U, DEL. */
const INTERRUPT = '\u0003'
const END = '\u0004'
const BACKSPACE = '\b'
const ERASE_LINE = '\u0015'
const DELETE = '\u007f'

/**
 * Reads passwords from a terminal without showing them, or from a pipe, a line each. Never reads them from an argument or
 * the environment, which others on the machine may see.
 */
export class PasswordInput {
  readonly #source: SecretSource
  readonly #tell: (text: string) => void
  readonly #interrupt: () => void
  readonly #decoder = new TextDecoder()
  #chunks: AsyncIterator<string | Uint8Array> | undefined
  #rest = ''

  /**
   * @param tell - shows prompts; not standard output, which may go into a file
   * @param interrupt - called on Ctrl-C while a password is typed
   */
  constructor(source: SecretSource, tell: (text: string) => void, interrupt: () => void) {
    this.#source = source
    this.#tell = tell
    this.#interrupt = interrupt
  }

  /** Makes the input of this process; prompts go to standard error. */
  static ofProcess(): PasswordInput {
    return new PasswordInput(
      process.stdin,
      text => process.stderr.write(text),
      () => process.kill(process.pid, 'SIGINT')
    )
  }

  /**
   * @param whose - owner's name for the prompt and the error: `ada`
   * @throws PasswordInputError where there is none
   */
  async read(whose: string): Promise<string> {
    return await (this.#typed ? this.#readTyped(`Password of ${whose}: `, passwordOf(whose)) : this.#readLine(passwordOf(whose)))
  }

  /**
   * Reads a password to be set, twice on a terminal, since nobody sees it.
   *
   * @throws PasswordInputError where there is none, or the second is another one
   */
  async readNew(whose: string): Promise<string> {
    if (!this.#typed) return await this.#readLine(passwordOf(whose))
    const password = await this.#readTyped(`New password of ${whose}: `, passwordOf(whose))
    if (password !== (await this.#readTyped('The same again: ', passwordOf(whose))))
      throw new PasswordInputError(`password of ${whose}: expected the same twice, got two that differ`)
    return password
  }

  /**
   * Reads another secret that a person has before them, such as a code.
   *
   * @param what - words for the prompt and the error: `code that the meter shows`
   * @throws PasswordInputError where there is none
   */
  async readSecret(what: string): Promise<string> {
    return await (this.#typed ? this.#readTyped(`${what[0]?.toUpperCase()}${what.slice(1)}: `, what) : this.#readLine(what))
  }

  /** Releases standard input, which would keep the process alive. */
  async close(): Promise<void> {
    await this.#chunks?.return?.()
  }

  get #typed(): boolean {
    return this.#source.isTTY === true && this.#source.setRawMode !== undefined
  }

  async #readLine(what: string): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\n')
      if (end >= 0) {
        const line = this.#rest.slice(0, end).replace(/\r$/, '')
        this.#rest = this.#rest.slice(end + 1)
        return line
      }
      if (this.#rest.length > MOST) throw new PasswordInputError(`${what}: expected a line of standard input, got a longer one`)
      if (await this.#more()) continue
      const last = this.#rest
      this.#rest = ''
      if (last !== '') return last
      throw new PasswordInputError(`${what}: expected it on a line of standard input, got none`)
    }
  }

  async #readTyped(prompt: string, what: string): Promise<string> {
    this.#tell(prompt)
    this.#source.setRawMode?.(true)
    try {
      let typed: readonly string[] = []
      for (;;) {
        for (const [at, key] of [...this.#rest].entries()) {
          if (key === '\r' || key === '\n') {
            this.#rest = [...this.#rest].slice(at + 1).join('')
            return typed.join('')
          }
          if (key === INTERRUPT) {
            this.#source.setRawMode?.(false)
            this.#interrupt()
          }
          if (key === INTERRUPT || (key === END && typed.length === 0)) throw none(what)
          typed = edited(typed, key)
        }
        this.#rest = ''
        if (!(await this.#more())) throw none(what)
      }
    } finally {
      this.#source.setRawMode?.(false)
      this.#tell('\n')
    }
  }

  /** Reads the next chunk; gives false at the end. */
  async #more(): Promise<boolean> {
    this.#chunks ??= this.#source[Symbol.asyncIterator]()
    const { done, value } = await this.#chunks.next()
    if (done) return false
    this.#rest += typeof value === 'string' ? value : this.#decoder.decode(value, { stream: true })
    return true
  }
}

const passwordOf = (whose: string): string => `password of ${whose}`

function none(what: string): PasswordInputError {
  return new PasswordInputError(`${what}: expected it to be typed, got none`)
}

function edited(typed: readonly string[], key: string): readonly string[] {
  if (key === DELETE || key === BACKSPACE) return typed.slice(0, -1)
  if (key === ERASE_LINE) return []
  // Only the control character of an arrow key is dropped; the rest counts as typed, and the password is wrong.
  return key < ' ' ? typed : [...typed, key]
}
