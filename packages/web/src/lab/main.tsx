import { render } from 'preact'
import { LabPage } from './lab-page.tsx'
import { LabStore } from './state/lab-store.ts'
import './panels/panels.css'
import './ring/ring.css'
// Comes last, since it widens and narrows what the rooms lay out.
import './lab.css'

const place = document.getElementById('page')
if (place) render(<LabPage store={new LabStore()} />, place)
