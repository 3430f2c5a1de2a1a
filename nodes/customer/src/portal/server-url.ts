import tls from 'node:tls'
import { InvalidArgumentError } from '@hushgrid/primitives'
import { readTextFile } from '@hushgrid/runtime'

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/

/**
 * Reads where a server of the project is: `https://supplier.example:7481`, or `http://` on this machine only, since it is
 * sent secrets that sign people in.
 *
 * @param option - name of the option, for the error
 * @returns the origin, without a slash at its end
 * @throws InvalidArgumentError
 */
export function parseServerUrl(option: string, text: string): string {
  // Repeats nothing that was typed, since it may hold a name and password.
  const wrong = (got: string): InvalidArgumentError =>
    new InvalidArgumentError(option, 'the address of a server, such as https://supplier.example or http://127.0.0.1:7481', got)
  if (!URL.canParse(text)) throw wrong('something else')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') throw wrong('one with a name or password in it')
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw wrong('one with a path')
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url.origin
  throw wrong(url.protocol === 'http:' ? 'one that others can listen to: http does on this machine only' : 'another kind of address')
}

/**
 * Makes this process believe only servers whose certificates are signed by those of a file.
 *
 * @param file - certificates, PEM
 * @throws UnreadableFileError, InvalidArgumentError
 */
export function trustOnly(option: string, file: string): void {
  const text = readTextFile(file, 'certificates')
  try {
    tls.setDefaultCACertificates([text])
  } catch (cause) {
    throw new InvalidArgumentError(option, 'a file of certificates (PEM)', `one that cannot be read (${(cause as Error).message})`)
  }
}
