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
export { drawPlaceholder, drawSlate, type PlaceholderOptions, type SlateOptions } from './cards'
export { decodeImage } from './image'
export { TestCard } from './test-card'
export { drawText } from './text'
