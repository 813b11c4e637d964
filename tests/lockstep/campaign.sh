#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A slice of the campaign, properties included: few translations, over units that other tests build too.
set -euo pipefail
export TANDEM_PROPERTIES=yes
exec scripts/campaign.sh "${TANDEM_CAMPAIGN:-500000}" 2 \
  '^(wide|narrow)$|fast|busy|stalled|fences|wide-writes|protection|wide-kills|invariance|overtake'
