//! Linear regression with intervals that do not believe in equal, independent or normal errors: ordinary least squares,
//! and Huber's M-estimator (1964) for data with outliers, each with a sandwich covariance (White 1980, MacKinnon and
//! White 1985, Liang and Zeger 1986).
//!
//! The design is given by columns; an intercept is a column of ones, a category a column of zeros and ones a level.
//! Columns that others determine are left out, the later of them first, and named by their place. Columns are made
//! orthogonal by Gram and Schmidt, twice, which loses nothing ("twice is enough", Giraud et al. 2005).

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::quantile::median;

/// How the errors are taken to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Errors<'g> {
    /// One variance for all. For Huber's estimator his own covariance, the H1 of statsmodels.
    Equal,
    /// Any variances, with n/(n − k).
    Hc1,
    /// Any variances, each residual over 1 − its leverage: the more careful for few rows.
    Hc3,
    /// Any likeness within a group; each row names its group, in any order.
    Clusters(&'g [u32]),
}

/// One coefficient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub error: f64,
    /// Lower end of the 95 % interval: Student's t with n − k degrees of freedom, with groups as many less one.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A regression.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// By column; `None` for those left out.
    pub coefficients: Vec<Option<Coefficient>>,
    /// Columns left out because others determine them, or because every row that could tell of them is an outlier.
    pub left_out: Vec<usize>,
    /// y less its estimate, by row.
    pub residuals: Vec<f64>,
    /// The deviation of the errors: of least squares √(RSS/(n − k)), of Huber's the median absolute residual over
    /// 0.6745.
    pub scale: f64,
    /// Degrees of freedom of the intervals.
    pub degrees: usize,
}

/// Ordinary least squares of `y` on `columns`. `None` if there are no more rows than independent columns, if lengths
/// differ, if there is but one group, and where numbers are too large to work with.
pub fn least_squares(columns: &[Vec<f64>], y: &[f64], errors: Errors<'_>) -> Option<Fit> {
    let design = Design::new(columns, y.len())?;
    let (along, residuals) = design.project(y);
    let values = design.coefficients(&along)?;
    let (n, k) = (y.len() as f64, design.basis.len() as f64);
    let scale = (residuals.iter().map(|rest| rest * rest).sum::<f64>() / (n - k)).sqrt();
    let scores = Scores { scores: residuals.clone(), slopes: vec![1.0; y.len()] };
    let meat = match errors {
        Errors::Equal => Meat::Scaled(scale * scale),
        _ => Meat::Scores,
    };
    design.fit(values, residuals, scale, &scores, meat, errors)
}

/// Huber's M-estimator with his constant 1.345 and the scale of the median absolute residual, as
/// `statsmodels.RLM(y, X, M=HuberT())` run until it stands still. `None` as [`least_squares`], and if more than half
/// the residuals are zero: then the scale is, and nothing can be said of errors.
///
/// By modified residuals (Huber and Dutter 1974): each round takes one projection on a basis made once, where weights
/// would take a new basis.
pub fn huber(columns: &[Vec<f64>], y: &[f64], errors: Errors<'_>) -> Option<Fit> {
    const BEND: f64 = 1.345;
    const ROUNDS: usize = 500;
    let design = Design::new(columns, y.len())?;
    let (mut along, mut residuals) = design.project(y);
    let mut scale = deviation(&residuals, y)?;
    let mut pulled = vec![0.0; y.len()];
    for _ in 0..ROUNDS {
        // Huber's modified residuals: where each row lies no further off than the bend, least squares is his estimate.
        let bend = BEND * scale;
        for ((pulled, value), rest) in pulled.iter_mut().zip(y).zip(&residuals) {
            *pulled = value - rest + rest.clamp(-bend, bend);
        }
        let before = std::mem::take(&mut along);
        along = design.project(&pulled).0;
        residuals = design.rest(y, &along);
        scale = deviation(&residuals, y)?;
        let moved = along.iter().zip(&before).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        if moved <= 1e-13 * along.iter().fold(scale, |most, value| most.max(value.abs())) {
            break;
        }
    }
    let values = design.coefficients(&along)?;
    let scores: Vec<f64> = residuals.iter().map(|rest| rest.clamp(-BEND * scale, BEND * scale)).collect();
    let slopes: Vec<f64> =
        residuals.iter().map(|rest| f64::from(u8::from(rest.abs() <= BEND * scale))).collect();
    let meat = match errors {
        Errors::Equal => Meat::Scaled(huber_variance(&scores, &slopes, design.basis.len())),
        _ => Meat::Scores,
    };
    design.fit(values, residuals, scale, &Scores { scores, slopes }, meat, errors)
}

/// The factor of (XᵀX)⁻¹ in Huber's first covariance (1981, 6.5).
fn huber_variance(scores: &[f64], slopes: &[f64], columns: usize) -> f64 {
    let (n, k) = (scores.len() as f64, columns as f64);
    let mean = slopes.iter().sum::<f64>() / n;
    let spread = slopes.iter().map(|slope| (slope - mean).powi(2)).sum::<f64>() / n;
    let correction = 1.0 + k / n * spread / (mean * mean);
    let squares = scores.iter().map(|score| score * score).sum::<f64>() / (n - k);
    correction * correction * squares / (mean * mean)
}

/// The median absolute residual in units of a normal deviation; `None` if it is zero but for rounding.
fn deviation(residuals: &[f64], y: &[f64]) -> Option<f64> {
    let rounding = 1e-13 * y.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let mut sizes: Vec<f64> = residuals.iter().map(|rest| rest.abs()).collect();
    median(&mut sizes).map(|middle| middle / 0.674_489_750_196_081_7).filter(|scale| *scale > rounding)
}

/// What the estimating equations say at the estimate, and how fast they fall there; by row.
struct Scores {
    scores: Vec<f64>,
    slopes: Vec<f64>,
}

/// What stands between the two slices of the sandwich.
enum Meat {
    /// This times XᵀX: no sandwich needed.
    Scaled(f64),
    /// The scores' own.
    Scores,
}

/// The independent columns.
struct Design {
    columns: Vec<Vec<f64>>,
    /// Places of the independent ones.
    kept: Vec<usize>,
    count: usize,
    /// An orthonormal basis, by column.
    basis: Vec<Vec<f64>>,
    /// What makes the columns of the basis, by column: an upper triangle.
    triangle: Vec<Vec<f64>>,
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Orthonormal columns and the upper triangle that makes them `columns` again (by column), and the places of those that
/// are no sum of earlier ones.
fn orthogonal(columns: &[Vec<f64>]) -> (Vec<Vec<f64>>, Vec<Vec<f64>>, Vec<usize>) {
    /// What is left of a column must be more than this share of it.
    const DEPENDENT: f64 = 1e-9;
    let (mut basis, mut triangle, mut kept) = (Vec::<Vec<f64>>::new(), Vec::new(), Vec::new());
    for (place, column) in columns.iter().enumerate() {
        let mut rest = column.clone();
        let mut parts = vec![0.0; basis.len()];
        for _ in 0..2 {
            for (part, direction) in parts.iter_mut().zip(&basis) {
                let along = dot(direction, &rest);
                *part += along;
                rest.iter_mut().zip(direction).for_each(|(value, step)| *value -= along * step);
            }
        }
        let length = dot(&rest, &rest).sqrt();
        if length > DEPENDENT * dot(column, column).sqrt() {
            rest.iter_mut().for_each(|value| *value /= length);
            basis.push(rest);
            parts.push(length);
            triangle.push(parts);
            kept.push(place);
        }
    }
    (basis, triangle, kept)
}

/// Solves R·b = `right` for the upper triangle R given by column.
fn solve(triangle: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut solution = right.to_vec();
    for at in (0..triangle.len()).rev() {
        solution[at] /= triangle[at][at];
        let value = solution[at];
        solution[..at].iter_mut().zip(&triangle[at]).for_each(|(rest, part)| *rest -= part * value);
    }
    solution
}

impl Design {
    fn new(columns: &[Vec<f64>], rows: usize) -> Option<Self> {
        if columns.iter().any(|column| column.len() != rows) {
            return None;
        }
        let (basis, triangle, kept) = orthogonal(columns);
        let independent: Vec<Vec<f64>> = kept.iter().map(|&place| columns[place].clone()).collect();
        (!kept.is_empty() && rows > kept.len()).then_some(Design {
            columns: independent,
            kept,
            count: columns.len(),
            basis,
            triangle,
        })
    }

    /// How far `y` reaches along each direction of the basis, and what is left of it: twice, as the basis was made.
    fn project(&self, y: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut rest = y.to_vec();
        let mut along = vec![0.0; self.basis.len()];
        for _ in 0..2 {
            for (along, direction) in along.iter_mut().zip(&self.basis) {
                let part = dot(direction, &rest);
                *along += part;
                rest.iter_mut().zip(direction).for_each(|(rest, cell)| *rest -= part * cell);
            }
        }
        (along, rest)
    }

    /// `y` less what lies along the basis.
    fn rest(&self, y: &[f64], along: &[f64]) -> Vec<f64> {
        let mut rest = y.to_vec();
        for (direction, along) in self.basis.iter().zip(along) {
            rest.iter_mut().zip(direction).for_each(|(rest, cell)| *rest -= along * cell);
        }
        rest
    }

    /// The coefficients of the independent columns; `None` where numbers are too large to work with.
    fn coefficients(&self, along: &[f64]) -> Option<Vec<f64>> {
        Some(solve(&self.triangle, along)).filter(|values| values.iter().all(|value| value.is_finite()))
    }

    fn fit(
        &self,
        values: Vec<f64>,
        residuals: Vec<f64>,
        scale: f64,
        scores: &Scores,
        meat: Meat,
        errors: Errors<'_>,
    ) -> Option<Fit> {
        let degrees = match errors {
            Errors::Clusters(groups) => groups_of(groups, residuals.len())?.len().checked_sub(1)?,
            _ => residuals.len() - values.len(),
        };
        let t = StudentsT::new(0.0, 1.0, degrees as f64).ok()?.inverse_cdf(0.975);
        let variances = match meat {
            Meat::Scaled(factor) => self.scaled(factor).into_iter().map(Some).collect(),
            Meat::Scores => self.sandwich(scores, errors)?,
        };
        let mut coefficients = vec![None; self.count];
        for ((&place, value), variance) in self.kept.iter().zip(values).zip(variances) {
            let Some(variance) = variance else { continue };
            let error = variance.max(0.0).sqrt();
            if !(value.is_finite() && error.is_finite()) {
                return None;
            }
            coefficients[place] =
                Some(Coefficient { value, error, low: value - t * error, high: value + t * error });
        }
        let left_out = (0..self.count).filter(|place| coefficients[*place].is_none()).collect();
        Some(Fit { coefficients, left_out, residuals, scale, degrees })
    }

    /// The diagonal of factor · (XᵀX)⁻¹.
    fn scaled(&self, factor: f64) -> Vec<f64> {
        let mut diagonal = vec![0.0; self.triangle.len()];
        for at in 0..self.triangle.len() {
            let mut unit = vec![0.0; self.triangle.len()];
            unit[at] = 1.0;
            let column = solve(&self.triangle, &unit);
            diagonal.iter_mut().zip(&column).for_each(|(sum, value)| *sum += factor * value * value);
        }
        diagonal
    }

    /// The diagonal of A⁻¹ B A⁻¹ with A = Σ slope · xxᵀ and B from the scores.
    ///
    /// A column all of whose rows are outliers has no slope to learn from: its own variance is not known, and what it
    /// takes up does not change with the others, whose variances are those without it.
    fn sandwich(&self, scores: &Scores, errors: Errors<'_>) -> Option<Vec<Option<f64>>> {
        let rows = scores.scores.len();
        let root = |column: &Vec<f64>| -> Vec<f64> {
            column.iter().zip(&scores.slopes).map(|(value, slope)| value * slope.sqrt()).collect()
        };
        let (_, bread, kept) = orthogonal(&self.columns.iter().map(root).collect::<Vec<_>>());
        if kept.is_empty() {
            return None;
        }
        let columns: Vec<&Vec<f64>> = kept.iter().map(|&place| &self.columns[place]).collect();
        let (n, k) = (rows as f64, self.basis.len() as f64);
        let (groups, factor) = match errors {
            Errors::Clusters(names) => {
                let groups = groups_of(names, rows)?;
                let g = groups.len() as f64;
                (groups, g / (g - 1.0) * (n - 1.0) / (n - k))
            }
            Errors::Hc3 => ((0..rows).map(|row| vec![row]).collect(), 1.0),
            _ => ((0..rows).map(|row| vec![row]).collect(), n / (n - k)),
        };
        let leverage = |row: usize| self.basis.iter().map(|direction| direction[row].powi(2)).sum::<f64>();
        let mut diagonal = vec![0.0; columns.len()];
        for group in groups {
            let mut sum = vec![0.0; columns.len()];
            for row in group {
                let weight = if errors == Errors::Hc3 { 1.0 / (1.0 - leverage(row)) } else { 1.0 };
                // A row that alone determines a coefficient has no residual to speak of, and none to divide.
                let score = scores.scores[row] * if weight < 1e9 { weight } else { 1.0 };
                sum.iter_mut().zip(&columns).for_each(|(sum, column)| *sum += score * column[row]);
            }
            let influence = solve(&bread, &solve_transposed(&bread, &sum));
            diagonal.iter_mut().zip(&influence).for_each(|(sum, value)| *sum += factor * value * value);
        }
        let mut variances = vec![None; self.columns.len()];
        kept.iter().zip(diagonal).for_each(|(&place, variance)| variances[place] = Some(variance));
        Some(variances)
    }
}

/// Solves Rᵀ·b = `right`.
fn solve_transposed(triangle: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let mut solution: Vec<f64> = Vec::with_capacity(right.len());
    for (column, value) in triangle.iter().zip(right) {
        let known = dot(&column[..solution.len()], &solution);
        solution.push((value - known) / column[solution.len()]);
    }
    solution
}

/// The rows of each group; `None` below two groups or if rows lack a name.
fn groups_of(names: &[u32], rows: usize) -> Option<Vec<Vec<usize>>> {
    if names.len() != rows {
        return None;
    }
    let mut groups = std::collections::BTreeMap::<u32, Vec<usize>>::new();
    names.iter().enumerate().for_each(|(row, &name)| groups.entry(name).or_default().push(row));
    (groups.len() > 1).then(|| groups.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const Y: [f64; 12] = [1.2, 1.9, 3.4, 3.6, 5.5, 5.8, 7.9, 7.4, 15.0, 9.2, 11.9, 11.1];

    fn columns() -> Vec<Vec<f64>> {
        vec![vec![1.0; 12], (1..=12).map(f64::from).collect()]
    }

    fn near(own: f64, expected: f64) {
        assert!((own - expected).abs() < 1e-7, "{own} is not {expected}");
    }

    /// `statsmodels.OLS(y, X).fit(cov_type=.., use_t=True)`: bse and the upper end of the slope's interval.
    #[test]
    fn least_squares_are_those_of_statsmodels() {
        let groups: Vec<u32> = (0..12).map(|row| row / 3).collect();
        for (errors, intercept, slope, high) in [
            (Errors::Equal, 1.177_498_868_279_303_5, 0.159_990_591_154_068_86, 1.420_467_27),
            (Errors::Hc1, 0.438_107_769_700_906_8, 0.134_453_201_492_529_54, 1.363_566_42),
            (Errors::Hc3, 0.522_703_336_114_498, 0.152_078_934_613_036_15, 1.402_839),
            (Errors::Clusters(&groups), 0.565_494_989_292_484_8, 0.158_224_021_535_340_51, 1.567_525_47),
        ] {
            let fit = least_squares(&columns(), &Y, errors).unwrap();
            let [first, second] = [0, 1].map(|at| fit.coefficients[at].unwrap());
            near(first.value, 0.075_757_575_757_573_47);
            near(second.value, 1.063_986_013_986_014_4);
            near(first.error, intercept);
            near(second.error, slope);
            near(second.high, high);
        }
    }

    /// `statsmodels.RLM(y, X).fit(maxiter=1000, tol=1e-14, conv="coefs")`.
    #[test]
    fn huber_is_that_of_statsmodels() {
        let fit = huber(&columns(), &Y, Errors::Equal).unwrap();
        let [first, second] = [0, 1].map(|at| fit.coefficients[at].unwrap());
        near(first.value, 0.219_473_344_796_774_5);
        near(second.value, 0.981_073_070_309_554_9);
        near(first.error, 0.505_848_334_921_016_4);
        near(second.error, 0.068_731_254_286_962_04);
        near(fit.scale, 0.898_326_129_460_023_5);
        let sandwich = huber(&columns(), &Y, Errors::Hc1).unwrap().coefficients[1].unwrap();
        assert!(
            sandwich.value == second.value && sandwich.error > 0.01 && sandwich.error < 0.2,
            "{sandwich:?}"
        );
    }

    /// The two dummies of two seasons add up to the intercept; the later of them goes.
    #[test]
    fn columns_that_others_determine_are_left_out_and_named() {
        let season =
            |own: usize| (0..12).map(|row| f64::from(u8::from(row % 2 == own))).collect::<Vec<f64>>();
        let mut with = columns();
        with.extend([season(0), season(1), vec![0.0; 12]]);
        let fit = least_squares(&with, &Y, Errors::Hc1).unwrap();
        assert_eq!(fit.left_out, [3, 4]);
        let mut without = columns();
        without.push(season(0));
        let same = least_squares(&without, &Y, Errors::Hc1).unwrap();
        assert_eq!(fit.coefficients[..3], same.coefficients[..]);
        assert!(huber(&with, &Y, Errors::Clusters(&[0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])).is_some());
    }

    /// Two rows far above and far below, and a column that only they have: the others are as without it.
    #[test]
    fn a_column_of_outliers_alone_costs_nothing_but_itself() {
        let mut with = columns();
        with.iter_mut().zip([1.0, 6.5]).for_each(|(column, cell)| column.extend([cell; 2]));
        with.push((0..14).map(|row| f64::from(u8::from(row >= 12))).collect());
        let y: Vec<f64> = Y.into_iter().chain([90.0, -70.0]).collect();
        let fit = huber(&with, &y, Errors::Hc1).unwrap();
        assert_eq!(fit.left_out, [2]);
        let slope = fit.coefficients[1].unwrap();
        let alone = huber(&columns(), &Y, Errors::Hc1).unwrap().coefficients[1].unwrap();
        assert!((slope.value - alone.value).abs() < 0.1, "{slope:?} {alone:?}");
        assert!(slope.error > 0.01 && slope.error < 0.2, "{slope:?}");
    }

    #[test]
    fn nothing_to_fit() {
        assert_eq!(least_squares(&[], &[], Errors::Equal), None);
        assert_eq!(least_squares(&columns(), &Y[..5], Errors::Equal), None);
        assert_eq!(least_squares(&[vec![1.0], vec![2.0]], &[1.0], Errors::Equal), None);
        assert_eq!(least_squares(&columns(), &Y, Errors::Clusters(&[1; 12])), None);
        assert_eq!(huber(&columns(), &[3.0; 12], Errors::Equal), None);
        let exact = least_squares(&columns(), &[3.0; 12], Errors::Hc3).unwrap();
        near(exact.coefficients[0].unwrap().value, 3.0);
        assert_eq!(least_squares(&columns(), &[f64::MAX; 12], Errors::Equal), None);
    }
}
