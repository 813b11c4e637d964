#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A slice of the campaign: every configuration, few translations each.
set -euo pipefail
exec scripts/campaign.sh "${TANDEM_CAMPAIGN:-700000}" 2
