import { z } from 'zod'
import gifts from '../../../../resources/gifts.json'
import { giftSchema, type Gift } from '../../../shared/room-api'

/** The gifts and their prices. An order keeps the price it was made at. */
export const CATALOGUE: readonly Gift[] = z.array(giftSchema).parse(gifts)

export function findGift(giftId: string): Gift | null {
  return CATALOGUE.find((gift) => gift.giftId === giftId) ?? null
}
