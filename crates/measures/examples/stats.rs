//! The statistics on numbers from standard input, for comparing with other implementations: `bench/stats.py`.
//!
//! A line is a command with its parameters, then lists of numbers, all parted by `;`: `slope;0,1,2;3.1,4.9,7.2`. Each
//! line is answered by one of numbers parted by commas, `nan` where undefined.

use std::io::{BufRead, Write, stdin, stdout};

use measures::stats::{
    forecast::{Plan, backtest, forecast},
    kendall::{Kendall, hamed_rao, mann_kendall},
    onset::{How, onset},
    regression::{Errors, Fit, huber, least_squares},
    scaling::{Resampling, scaling},
    slope::theil_sen,
    steps::{Limits, cut, steps},
    survival::{Wait, curve, quantile},
    trend::trend,
};

const NONE: f64 = f64::NAN;

fn main() -> std::io::Result<()> {
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let line = line?;
        let (command, lists) = line.split_once(';').unwrap_or((&line, ""));
        let lists: Vec<Vec<f64>> = lists
            .split(';')
            .map(|list| list.split(',').filter_map(|cell| cell.parse().ok()).collect())
            .collect();
        let mut words = command.split(' ');
        let name = words.next().unwrap_or_default();
        let parameters: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        let answer: Vec<String> =
            answer(name, &parameters, &lists).iter().map(|number| format!("{number:e}")).collect();
        writeln!(out, "{}", answer.join(",").to_lowercase())?;
    }
    Ok(())
}

fn answer(name: &str, parameters: &[f64], lists: &[Vec<f64>]) -> Vec<f64> {
    let whole = |at: usize| parameters.get(at).copied().unwrap_or(0.0) as usize;
    let parameter = |at: usize| parameters.get(at).copied().unwrap_or(0.0);
    let empty = Vec::new();
    let list = |at: usize| lists.get(at).unwrap_or(&empty).as_slice();
    let plan = || Plan { steps: whole(0), share: parameter(1), draws: whole(2), seed: whole(3) as u64 };
    match name {
        "slope" => theil_sen(list(0), list(1), 0.95)
            .map_or(vec![NONE; 4], |line| vec![line.slope, line.intercept, line.low, line.high]),
        "mann-kendall" => test(mann_kendall(list(1))),
        "hamed-rao" => test(hamed_rao(list(0), list(1), 0.05, Some(whole(0)).filter(|lags| *lags > 0))),
        "trend" => trend(list(0), list(1))
            .map_or(vec![NONE; 4], |trend| vec![trend.p, trend.memory, trend.line.low, trend.line.high]),
        "onset" => onset(list(0), list(1)).map_or(vec![NONE; 4], |found| {
            let step = f64::from(u8::from(found.how == How::Step));
            vec![step, found.at as f64, found.earliest as f64, found.latest as f64]
        }),
        "cut" => cut(list(0)).map_or(vec![NONE; 2], |(at, energy)| vec![at as f64, energy]),
        "steps" => steps(list(0), Limits { window: whole(0), p: parameter(1), magnitude: parameter(2) })
            .iter()
            .flat_map(|step| {
                [
                    step.at as f64,
                    step.p,
                    step.before,
                    step.after,
                    step.earliest as f64,
                    step.latest as f64,
                    step.cautious_p,
                ]
            })
            .collect(),
        "least-squares" | "huber" => {
            let groups: Vec<u32> = list(0).iter().map(|group| *group as u32).collect();
            let errors =
                [Errors::Equal, Errors::Hc1, Errors::Hc3, Errors::Clusters(&groups)][whole(0).min(3)];
            let columns = lists.get(2..).unwrap_or_default();
            let fit = if name == "huber" { huber } else { least_squares };
            fit(columns, list(1), errors).map_or(vec![NONE], |fit| coefficients(&fit))
        }
        "survival" => {
            let wait = |(&length, &ended): (&f64, &f64)| Wait { length, ended: ended > 0.0 };
            let curve = curve(&list(0).iter().zip(list(1)).map(wait).collect::<Vec<_>>());
            let quantiles = [0.5, 0.9].map(|part| quantile(&curve, part)).into_iter().flat_map(|found| {
                found.map_or([NONE; 3], |found| {
                    [found.value, found.low.unwrap_or(NONE), found.high.unwrap_or(NONE)]
                })
            });
            quantiles
                .chain(curve.iter().flat_map(|point| [point.length, point.share, point.low, point.high]))
                .collect()
        }
        "scaling" => {
            let data: Vec<(f64, f64)> = list(0).iter().copied().zip(list(1).iter().copied()).collect();
            let resampling = Resampling { block: whole(0), draws: whole(1), seed: whole(2) as u64 };
            scaling(&data, resampling).map_or(vec![NONE; 6], |fit| {
                let peak = fit.peak.unwrap_or((NONE, NONE, NONE));
                vec![fit.curve.gamma, fit.curve.sigma, fit.curve.kappa, peak.0, peak.1, peak.2]
            })
        }
        "forecast" => forecast(list(0), plan()).map_or(vec![NONE], |made| {
            made.iter().flat_map(|ahead| [ahead.value, ahead.low, ahead.high]).collect()
        }),
        "backtest" => backtest(list(0), whole(4), plan()).map_or(vec![NONE; 3], |fared| {
            vec![fared.coverage, fared.against_staying.unwrap_or(NONE), fared.count as f64]
        }),
        _ => Vec::new(),
    }
}

fn test(result: Option<Kendall>) -> Vec<f64> {
    result.map_or(vec![NONE; 5], |test| vec![test.score, test.variance, test.tau, test.z, test.p])
}

fn coefficients(fit: &Fit) -> Vec<f64> {
    let cells = fit.coefficients.iter().flat_map(|coefficient| {
        coefficient.map_or([NONE; 4], |found| [found.value, found.error, found.low, found.high])
    });
    std::iter::once(fit.scale).chain(cells).collect()
}
