// A real browser for the pages: Debian's Chromium, or the one that HUSHGRID_CHROMIUM names.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** How long anything of the browser may take, on two cores that others use too, ms. */
const PATIENCE = 90_000
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Where a browser is; undefined where there is none, which is said once. */
export const chromiumPath: string | undefined = find()

function find(): string | undefined {
  const named = process.env.HUSHGRID_CHROMIUM
  const found = named === undefined ? PLACES.find(path => existsSync(path)) : named
  if (found === undefined)
    process.stderr.write('skipped: tests of the pages, which need Chromium (Debian: apt-get install chromium, or HUSHGRID_CHROMIUM=path)\n')
  return found
}

/** Starts it; the caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('expected Chromium on this machine')
  // Root, as in a container, has no sandbox; only pages of our own are opened.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return await chromium.launch({
    executablePath: chromiumPath,
    args: [...args, '--disable-gpu', '--disable-dev-shm-usage'],
    timeout: PATIENCE
  })
}

/** A page of a context of its own, and what went wrong on it. */
export interface WatchedPage {
  readonly page: Page
  readonly context: BrowserContext
  /**
   * That the page has written no error or warning to its console, thrown nothing, and asked no other origin for anything.
   *
   * @param allowed - messages of failed requests that the test itself has brought about
   */
  expectClean(allowed?: RegExp): void
  close(): Promise<void>
}

/** Opens a page, and watches it from its first request on. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(PATIENCE)
  const page = await context.newPage()
  const problems: string[] = []
  const { origin } = new URL(url)
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', error => problems.push(`thrown: ${error.message}`))
  page.on('request', request => {
    const to = new URL(request.url())
    if (to.protocol !== 'data:' && to.protocol !== 'blob:' && to.origin !== origin) problems.push(`asked another origin: ${request.url()}`)
  })
  await page.goto(url)
  return {
    page,
    context,
    expectClean: allowed => expect(problems.filter(problem => !allowed?.test(problem))).toEqual([]),
    close: () => context.close()
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** That axe-core finds nothing to complain about in what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  // Not as a script element, which the pages' policy does not let run.
  await page.evaluate(axe)
  const violations = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }
    const { violations: found } = await checker.run()
    return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`)
  })
  expect(violations).toEqual([])
}

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly help: string; readonly nodes: readonly { readonly target: string[] }[] }[]
}

/** Frames a second that the page draws, over so long. */
export async function framesPerSecond(page: Page, milliseconds: number): Promise<number> {
  return await page.evaluate(async length => {
    const { requestAnimationFrame: atNextFrame } = globalThis as unknown as { requestAnimationFrame: (run: () => void) => void }
    const begun = performance.now()
    let frames = 0
    while (performance.now() - begun < length) {
      await new Promise<void>(resolve => atNextFrame(resolve))
      frames++
    }
    return (frames * 1000) / (performance.now() - begun)
  }, milliseconds)
}

const CIRCLES = 500

/** Frames a second of a page that does nothing but fill as many circles in each: what this machine can do now. */
export async function bareFramesPerSecond(browser: Browser, milliseconds: number): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  try {
    await page.evaluate(count => {
      const { document, requestAnimationFrame: atNextFrame } = globalThis as unknown as BareGlobals
      const canvas = document.createElement('canvas')
      canvas.width = canvas.height = 800
      document.body.append(canvas)
      const context = canvas.getContext('2d')
      const draw = (time: number): void => {
        context.clearRect(0, 0, 800, 800)
        for (let i = 0; i < count; i++) {
          const angle = (2 * Math.PI * i) / count
          context.beginPath()
          context.arc(400 + 380 * Math.cos(angle), 400 + 380 * Math.sin(angle), 2 + Math.sin(time / 100 + i), 0, 2 * Math.PI)
          context.fill()
        }
        atNextFrame(draw)
      }
      atNextFrame(draw)
    }, CIRCLES)
    return await framesPerSecond(page, milliseconds)
  } finally {
    await page.close()
  }
}

interface BareGlobals {
  readonly document: { readonly body: { append(element: BareCanvas): void }; createElement(name: 'canvas'): BareCanvas }
  readonly requestAnimationFrame: (run: (time: number) => void) => void
}

interface BareCanvas {
  width: number
  height: number
  getContext(kind: '2d'): {
    clearRect(x: number, y: number, width: number, height: number): void
    beginPath(): void
    arc(x: number, y: number, radius: number, from: number, to: number): void
    fill(): void
  }
}
