import { render } from 'preact'
import { Desk } from './desk.tsx'
import './supplier.css'

const place = document.getElementById('page')
if (place) render(<Desk />, place)
