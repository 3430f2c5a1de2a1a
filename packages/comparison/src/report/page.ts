// Parts of a report in one file that opens without a network, whatever it reports.
import type { ComparedEnvironment } from '@hushgrid/lab'
import { escapeMarkup } from './markup.ts'
import { REPORT_STYLE } from './style.ts'

/** Policy that lets nothing be loaded, not even by mistake; styles are the report's own. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** Writes terms with their values. */
export const factsHtml = (entries: readonly (readonly [string, string])[], kind: string): string =>
  `<dl class="${kind}">${entries.map(([term, value]) => `<dt>${escapeMarkup(term)}</dt><dd>${escapeMarkup(value)}</dd>`).join('\n')}</dl>`

/** Writes what something was measured on. */
export function environmentFacts(environment: ComparedEnvironment): string {
  const { commit, changed, versions } = environment
  return factsHtml(
    [
      ['processor', `${environment.cpu}, ${environment.cores} cores`],
      ['memory', `${(environment.memoryBytes / 1e9).toFixed(1)} GB`],
      ['platform', environment.platform],
      ['Node', `${environment.node}, OpenSSL ${environment.openssl}`],
      [
        'versions',
        Object.entries(versions)
          .map(entry => entry.join(' '))
          .join(', ')
      ],
      ['commit', commit === null ? 'not from a git checkout' : `${commit}${changed ? ', with changes that were not committed' : ''}`]
    ],
    'facts'
  )
}

/** Writes one self-contained document. @param style - rules beyond the common ones */
export function pageHtml(title: string, body: string, style = ''): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hushgrid: ${escapeMarkup(title)}</title>
<style>${REPORT_STYLE}${style}</style>
</head>
<body>
${body}
</body>
</html>
`
}
