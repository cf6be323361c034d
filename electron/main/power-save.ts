import { powerSaveBlocker } from 'electron'

/** Keeps the machine awake while on air, and only then. */
export class PowerSave {
  #blocker: number | null = null

  set(onAir: boolean): void {
    if (onAir) this.#blocker ??= powerSaveBlocker.start('prevent-display-sleep')
    else if (this.#blocker !== null) {
      powerSaveBlocker.stop(this.#blocker)
      this.#blocker = null
    }
  }
}
