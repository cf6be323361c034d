export type {
  ComposeStats,
  Compositor,
  CompositorOptions,
  Engine,
  EngineChoice,
  EngineMeasurement,
  Layer,
  Picture,
  Still,
  TextSource,
} from './contract'
export { chooseEngine, type MeasureOptions } from './choose-engine'
export { createCompositor } from './compositor'
