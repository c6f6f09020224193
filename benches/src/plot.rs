//! Small plots as SVG. Both axes are logarithmic, because values span orders of magnitude.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::result::Result;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 36.0;
const BOTTOM: f64 = 50.0;
const COLOURS: [&str; 6] = ["#1b6ca8", "#c8553d", "#3a7d44", "#8d6a9f", "#b8860b", "#555555"];

/// A line of points, or points alone.
#[derive(Debug, Clone)]
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// In order; points that are not above zero are omitted.
    pub points: Vec<(f64, f64)>,
    /// A label next to each point, as far as given.
    pub labels: Vec<String>,
    /// Whether a line joins them.
    pub joined: bool,
}

/// The folder of the committed plots.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("plots")
}

/// Writes a plot to `name` in [`folder`].
///
/// # Errors
/// When there are no points, or the file cannot be written.
pub fn write(name: &str, title: &str, axes: [&str; 2], series: &[Series]) -> Result<()> {
    let svg = draw(title, axes, series).ok_or("nothing to draw")?;
    std::fs::create_dir_all(folder())?;
    let path = folder().join(name);
    std::fs::write(&path, svg)?;
    println!("\nPlot: {}", path.display());
    Ok(())
}

fn visible(series: &Series) -> impl Iterator<Item = (f64, f64)> {
    series.points.iter().copied().filter(|(x, y)| *x > 0.0 && *y > 0.0)
}

/// Whole decades around the values.
fn bounds(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) = values.fold((f64::INFINITY, 0.0_f64), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let (low, high) = (low.log10().floor(), high.log10().ceil());
    (low.is_finite() && high.is_finite()).then_some((low, high.max(low + 1.0)))
}

fn draw(title: &str, axes: [&str; 2], series: &[Series]) -> Option<String> {
    let (x0, x1) = bounds(series.iter().flat_map(visible).map(|(x, _)| x))?;
    let (y0, y1) = bounds(series.iter().flat_map(visible).map(|(_, y)| y))?;
    let x = |value: f64| LEFT + (value.log10() - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - (value.log10() - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"20\" font-size=\"13\">{title}</text>\n"
    );
    for decade in x0 as i32..=x1 as i32 {
        let (value, bottom) = (10_f64.powi(decade), HEIGHT - BOTTOM);
        let at = x(value);
        line(&mut svg, (at, TOP), (at, bottom));
        text(&mut svg, (at, bottom + 16.0), "middle", &value.to_string());
    }
    for decade in y0 as i32..=y1 as i32 {
        let (value, right) = (10_f64.powi(decade), WIDTH - RIGHT);
        let at = y(value);
        line(&mut svg, (LEFT, at), (right, at));
        text(&mut svg, (LEFT - 6.0, at + 4.0), "end", &value.to_string());
    }
    text(
        &mut svg,
        ((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12.0),
        "middle",
        axes[0],
    );
    let middle = (TOP + HEIGHT - BOTTOM) / 2.0;
    let _ = writeln!(
        svg,
        "<text transform=\"translate(16 {middle}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        axes[1]
    );
    for (number, series) in series.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points: Vec<(f64, f64)> = visible(series).map(|(px, py)| (x(px), y(py))).collect();
        if series.joined {
            let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            let path = path.join(" ");
            let _ = writeln!(
                svg,
                "<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>"
            );
        }
        for (place, (x, y)) in points.iter().enumerate() {
            let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
            if let Some(label) = series.labels.get(place) {
                text(&mut svg, (x + 5.0, y - 5.0), "start", label);
            }
        }
        let (at, from) = (TOP + 14.0 + 18.0 * number as f64, WIDTH - RIGHT + 14.0);
        let _ = writeln!(
            svg,
            "<circle cx=\"{from}\" cy=\"{:.1}\" r=\"4\" fill=\"{colour}\"/>",
            at - 4.0
        );
        text(&mut svg, (from + 10.0, at), "start", &series.name);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#ddd\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn text(svg: &mut String, at: (f64, f64), anchor: &str, words: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{words}</text>",
        at.0, at.1
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_holds_its_points_and_none_that_a_logarithm_has_not() {
        let series = Series {
            name: "ours".to_owned(),
            points: vec![(0.0, 1.0), (1.0, 10.0), (100.0, 2.0)],
            labels: vec!["1 s".to_owned()],
            joined: true,
        };
        let svg = draw("t", ["x", "y"], &[series]).unwrap_or_default();
        // Two points and the legend's.
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("1 s") && !svg.contains("NaN") && !svg.contains("inf"));
        assert!(draw("t", ["x", "y"], &[]).is_none());
    }
}
