import { render } from 'preact'
import { LabPage } from './lab-page.tsx'
import { LabStore } from './state/lab-store.ts'
import './lab.css'

const place = document.getElementById('page')
if (place) render(<LabPage store={new LabStore()} />, place)
