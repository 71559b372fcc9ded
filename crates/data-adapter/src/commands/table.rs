//! What admin commands list, for people and for programs.

use clap::ValueEnum;

use super::print;
use crate::failure::Failure;

/// How a list is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Format {
    /// Columns for people
    #[default]
    Text,
    /// An array of objects
    Json,
    /// Comma-separated values with a header
    Csv,
}

/// A list with the same columns in every row.
pub(super) struct Table<const N: usize> {
    header: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(header: [&'static str; N], rows: impl Iterator<Item = [String; N]>) -> Self {
        Self { header, rows: rows.collect() }
    }

    pub(super) fn print(&self, format: Format) -> Result<(), Failure> {
        match format {
            Format::Text => self.text(),
            Format::Json => self.json(),
            Format::Csv => self.csv(),
        }
    }

    fn text(&self) -> Result<(), Failure> {
        let shown: Vec<[String; N]> =
            self.rows.iter().map(|row| row.each_ref().map(|cell| visible(cell))).collect();
        let mut widths = self.header.map(str::len);
        for row in &shown {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        print(&aligned(&self.header.map(str::to_owned), &widths))?;
        shown.iter().try_for_each(|row| print(&aligned(row, &widths)))
    }

    fn json(&self) -> Result<(), Failure> {
        let object = |row: &[String; N]| {
            let members =
                self.header.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.clone().into()));
            serde_json::Value::Object(members.collect())
        };
        let rows = serde_json::Value::Array(self.rows.iter().map(object).collect());
        print(&format!("{rows:#}"))
    }

    fn csv(&self) -> Result<(), Failure> {
        let failed =
            |error: csv::Error| Failure::Failed(format!("standard output can't be written: {error}"));
        let mut writer = csv::Writer::from_writer(std::io::stdout());
        writer.write_record(self.header).map_err(failed)?;
        for row in &self.rows {
            writer.write_record(row).map_err(failed)?;
        }
        writer.flush().map_err(|error| failed(error.into()))
    }
}

fn aligned<const N: usize>(row: &[String; N], widths: &[usize; N]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    cells.join("  ").trim_end().to_owned()
}

/// A text that can't move the cursor of a terminal.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
