// The pixel work of the planar engine, compiled by AssemblyScript with SIMD and no runtime: only these functions and
// the memory. Callers own the memory and leave at least 16 spare bytes behind every plane, because rows are read (never
// written) in whole vectors.
export { copy, fill, halve, scale, transpose } from './resample'
export { blendAlpha, blendConstant, premultiply } from './blend'
export { convert, deinterleave, rgbToI420 } from './colour'
