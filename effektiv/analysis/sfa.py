"""Stochastic frontier: whether costs spread to one side, as inefficiency would make them, or as chance does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Stochastic:
    """A frontier with noise v (normal) and one-sided u (half-normal), fitted by maximum likelihood.

    Attributes
    ----------
    beta
        Constant (``const``) and a coefficient a column.
    sigma2, gamma
        sigma_u^2 + sigma_v^2, and the share sigma_u^2 / sigma2 (0-1).
    log_likelihood, log_likelihood_ols
        With the one-sided part and without.
    p
        Of the likelihood ratio against no one-sided part: half a point mass at 0 and half chi-square(1).
    wrong_skew
        The residuals of least squares are skewed away from what inefficiency makes: there is none to be seen.
    efficiency
        E[exp(-u) | residual] by unit, 0-1 (Battese and Coelli 1988).
    """

    beta: pd.Series
    sigma2: float
    gamma: float
    log_likelihood: float
    log_likelihood_ols: float
    p: float
    wrong_skew: bool
    efficiency: pd.Series

    @property
    def ratio(self) -> float:
        """Likelihood ratio against no one-sided part."""
        return 2.0 * (self.log_likelihood - self.log_likelihood_ols)


def stochastic_frontier(y: pd.Series, x: pd.DataFrame, *, cost: bool = True) -> Stochastic:
    """Fit y = x beta + v + u (cost) or v - u (production), u half-normal (Aigner, Lovell and Schmidt 1977).

    Parameters
    ----------
    y
        Natural logarithm of cost, or of output; all known.
    x
        Unit x figure, without a constant; all known.
    cost
        Whether y is a cost, which inefficiency raises.

    Raises
    ------
    ValueError
        A value is missing, or the units are no more than the parameters.

    Examples
    --------
    >>> x = pd.DataFrame({"x": np.arange(12.0)})
    >>> late = pd.Series([0.0, 0.1, 0.0, 0.0, 0.9, 0.0, 0.1, 0.0, 0.0, 0.8, 0.1, 0.0])
    >>> stochastic_frontier(x["x"] + late, x).wrong_skew
    False
    """
    from scipy.optimize import minimize  # noqa: PLC0415  longer to import than what most reports need
    from scipy.special import log_ndtr  # noqa: PLC0415

    sign = 1.0 if cost else -1.0
    outcome, figures = y.to_numpy(dtype=float), x.to_numpy(dtype=float)
    n, parameters = len(outcome), figures.shape[1] + 3
    if n <= parameters or not (np.isfinite(outcome).all() and np.isfinite(figures).all()):
        raise ValueError(f"{n} units with all values known are needed to be more than {parameters}")
    centre, spread = figures.mean(axis=0), figures.std(axis=0)
    design = np.column_stack([np.ones(n), (figures - centre) / spread])
    start, *_ = np.linalg.lstsq(design, outcome, rcond=None)
    residual = sign * (outcome - design @ start)
    variance = float(residual @ residual) / n
    third = float((residual**3).mean())

    def minus(point: np.ndarray) -> float:
        sd, slope = np.exp(point[-2]), np.exp(point[-1])
        e = sign * (outcome - design @ point[:-2]) / sd
        return -float(
            np.sum(np.log(2.0) - point[-2] - 0.5 * np.log(2 * np.pi) - e**2 / 2 + log_ndtr(slope * e))
        )

    # Corrected least squares is where to begin: the skewness tells sigma_u, and the mean of u shifts the constant.
    sd_u = (max(third, 1e-3 * variance**1.5) / 0.2180) ** (1.0 / 3.0)
    sd_u = min(sd_u, 0.95 * np.sqrt(variance / (1.0 - 2.0 / np.pi)))
    sd_v = np.sqrt(max(variance - (1.0 - 2.0 / np.pi) * sd_u**2, 1e-6 * variance))
    begin = np.concatenate([start, [0.5 * np.log(sd_u**2 + sd_v**2), np.log(sd_u / sd_v)]])
    begin[0] -= sign * sd_u * np.sqrt(2.0 / np.pi)
    found = minimize(minus, begin, method="Nelder-Mead", options={"maxiter": 200})
    found = minimize(minus, found.x, method="BFGS", options={"gtol": 1e-7})
    point = found.x
    sigma2, slope2 = float(np.exp(2 * point[-2])), float(np.exp(2 * point[-1]))
    gamma = slope2 / (1.0 + slope2)
    beta = np.concatenate([[point[0] - (point[1:-2] * centre / spread).sum()], point[1:-2] / spread])
    ols = -0.5 * n * (np.log(2 * np.pi * variance) + 1.0)
    return Stochastic(
        beta=pd.Series(beta, index=["const", *x.columns]),
        sigma2=sigma2,
        gamma=gamma,
        log_likelihood=-float(found.fun),
        log_likelihood_ols=float(ols),
        p=_p(2.0 * (-float(found.fun) - ols)),
        wrong_skew=third <= 0,
        efficiency=pd.Series(
            _efficiency(sign * (outcome - design @ point[:-2]), sigma2, gamma), index=y.index
        ),
    )


def _p(ratio: float) -> float:
    from scipy.special import chdtrc  # noqa: PLC0415

    return 1.0 if ratio <= 0 else 0.5 * float(chdtrc(1, ratio))


def _efficiency(e: np.ndarray, sigma2: float, gamma: float) -> np.ndarray:
    """Return E[exp(-u) | e]: u given e is normal with this mean and deviation, cut at zero."""
    from scipy.special import log_ndtr  # noqa: PLC0415

    mean, sd = e * gamma, np.sqrt(gamma * (1.0 - gamma) * sigma2)
    return np.asarray(np.exp(log_ndtr(mean / sd - sd) - log_ndtr(mean / sd) - mean + sd**2 / 2.0))
