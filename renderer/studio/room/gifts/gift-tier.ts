import { GIFTS } from '../../../../electron/shared/thresholds'

/** How much is made of a gift: 1 a chip, 2 a card, 3 a card with a chime, 4 also on the stage. */
export type GiftTier = 1 | 2 | 3 | 4

/** @param coins of all gifts that are shown together */
export function tierOf(coins: number): GiftTier {
  const passed = GIFTS.tierCoins.filter((from) => coins >= from).length
  return (passed + 1) as GiftTier
}
