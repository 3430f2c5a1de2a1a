import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { type PageServer, type PageServerInit, startPageServer } from '../src/page-server.ts'

const made: (() => Promise<void> | void)[] = []

/** A folder as the build leaves it, with a page that says little. */
export function pagesFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-pages-'))
  made.push(() => rmSync(folder, { recursive: true, force: true }))
  for (const page of ['lab', 'supplier', 'customer']) {
    mkdirSync(join(folder, page))
    writeFileSync(join(folder, page, 'index.html'), `<!doctype html><script src="../assets/${page}-1.js"></script>`)
  }
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets', 'supplier-1.js'), '1')
  return folder
}

/** A server on a free port, ended by {@link endServers}. */
export async function serverWith(routes: (app: Hono) => void, more: Partial<PageServerInit> = {}): Promise<PageServer> {
  const listen = { host: '127.0.0.1', port: 0 }
  const server = await startPageServer({ page: 'supplier', pages: pagesFolder(), listen, routes, warn: () => {}, ...more })
  made.push(() => server.stop())
  return server
}

export async function endServers(): Promise<void> {
  for (const end of made.splice(0).reverse()) await end()
}

/** Status of a request with headers that `fetch` does not let anybody set. */
export function statusWith(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  body?: string
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, answer => {
      answer.resume()
      resolve(answer.statusCode)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
