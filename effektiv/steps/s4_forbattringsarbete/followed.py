"""Cases that follow a municipality's months: of one area, or of all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property

from effektiv.data.local.months import Indicators, Months
from effektiv.steps.base import AreaBase, Case, OverviewBase
from effektiv.steps.s3_atgarder import facts as plans
from effektiv.steps.s4_forbattringsarbete import months_in, months_lock
from effektiv.steps.s4_forbattringsarbete.chart_settings import ChartSettings, settings_of
from effektiv.steps.s4_forbattringsarbete.followup_params import log_of, status_of
from effektiv.steps.s4_forbattringsarbete.pdsa import cycles
from effektiv.steps.s4_forbattringsarbete.view import FollowUpView, indicators_of, of_area
from effektiv.steps.services import ServiceCase
from effektiv.types import FocusArea


class FollowUpCase(Case):
    """A case that has the municipality's months, indicators and log."""

    @cached_property
    def all_months(self) -> Months:
        """Everything that has been read of the economy."""
        return months_in.months_of(self.params)

    @cached_property
    def all_indicators(self) -> Indicators:
        """Everything that has been read of the indicators."""
        return months_in.indicators_of(self.params)

    @cached_property
    def locked_predictions(self) -> Mapping[str, dt.date]:
        """Day on which each test's prediction was locked as it now stands, by its number in lower case."""
        return months_lock.locked_predictions(self.params)

    def chart_settings(self, area: FocusArea) -> Mapping[str, ChartSettings]:
        """Return what has been decided of the charts of an area's indicators, by their ids."""
        return {item.indicator: settings_of(item) for item in self.params.area(area.id).indicators}

    @cached_property
    def view(self) -> FollowUpView:
        """What is followed, as the reports are written from it."""
        raise NotImplementedError


class AreaFollowUp(AreaBase, FollowUpCase, ServiceCase):
    """A case that follows one area."""

    @cached_property
    def view(self) -> FollowUpView:
        """The area, as its reports are written from it."""
        return area_view(self, self.area, self.chart_settings(self.area))


def area_view(case: FollowUpCase, area: FocusArea, settings: Mapping[str, ChartSettings]) -> FollowUpView:
    """Return an area of a case; also of one that is of the whole municipality."""
    return FollowUpView(
        case,
        area,
        of_area(case.all_months, area, case.params.area(area.id).activities),
        indicators_of(case.all_indicators, area),
        settings,
        status_of(case.params.files),
        log_of(case.params.files),
        plans.written(case.params, area.id),
        cycles(log_of(case.params.files), area.id, case.locked_predictions),
    )


class WholeFollowUp(OverviewBase, FollowUpCase, ServiceCase):
    """A case that follows all areas together."""

    @cached_property
    def view(self) -> FollowUpView:
        """The municipality, as its page for the meeting is written from it."""
        settings = {
            key: value
            for area in self.catalogue.areas.values()
            for key, value in self.chart_settings(area).items()
        }
        return FollowUpView(
            self,
            None,
            self.all_months,
            self.all_indicators,
            settings,
            status_of(self.params.files),
            log_of(self.params.files),
            plans.written(self.params),
            cycles(log_of(self.params.files), None, self.locked_predictions),
        )
