//! What admin commands list, for people and for programs.

use clap::ValueEnum;
use data_adapter_audit::ascii;
use data_adapter_core::is_hidden;

use super::print;
use crate::failure::Failure;

/// How a list is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Format {
    /// Columns for people; what can't be seen is shown as U+FFFD
    #[default]
    Text,
    /// An array of objects, in ASCII: every text as it is, escaped
    Json,
    /// Comma-separated values with a header, for spreadsheets: `'` before what they would take for a formula
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
            Format::Text => print(self.text().trim_end_matches('\n')),
            Format::Json => print(&self.json()),
            Format::Csv => print(self.csv()?.trim_end_matches('\n')),
        }
    }

    fn text(&self) -> String {
        let shown: Vec<[String; N]> =
            self.rows.iter().map(|row| row.each_ref().map(|cell| visible(cell))).collect();
        let mut widths = self.header.map(str::len);
        for row in &shown {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let header = self.header.map(str::to_owned);
        std::iter::once(&header).chain(&shown).map(|row| aligned(row, &widths) + "\n").collect()
    }

    fn json(&self) -> String {
        let object = |row: &[String; N]| {
            let members =
                self.header.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), cell.clone().into()));
            serde_json::Value::Object(members.collect())
        };
        let rows = serde_json::Value::Array(self.rows.iter().map(object).collect());
        // A line break in a text is escaped, so that those that are left only set the members apart.
        format!("{rows:#}").lines().map(ascii).collect::<Vec<_>>().join("\n")
    }

    fn csv(&self) -> Result<String, Failure> {
        let failed = |error: String| Failure::Failed(format!("the list can't be made: {error}"));
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.header).map_err(|error| failed(error.to_string()))?;
        for row in &self.rows {
            let cells = row.each_ref().map(|cell| harmless(&visible(cell)));
            writer.write_record(cells).map_err(|error| failed(error.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|error| failed(error.to_string()))?;
        String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
    }
}

fn aligned<const N: usize>(row: &[String; N], widths: &[usize; N]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    cells.join("  ").trim_end().to_owned()
}

/// A text that can neither move the cursor of a terminal, nor turn the direction, nor hide a part of itself.
fn visible(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection"): with `'` before it, where it begins like one.
fn harmless(cell: &str) -> String {
    let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clear screen, a title, a turned direction, a hidden text, an invisible separator, a line of its own.
    const STRANGE: &str = "\u{1b}[2J\u{9b}31m\u{7}\u{202e}a\u{2066}\u{200b}\u{e0041}\u{2063}\u{2028}\u{feff}\u{3164}\u{ad}\r\nb";

    const HIDDEN: &str =
        "\u{1b}\u{9b}\u{7}\u{202e}\u{2066}\u{200b}\u{e0041}\u{2063}\u{2028}\u{feff}\u{3164}\u{ad}\r";

    fn table(cell: &str) -> Table<2> {
        Table::new(["user", "name"], [[cell.to_owned(), "žluť".to_owned()]].into_iter())
    }

    #[test]
    fn nothing_that_cannot_be_seen_reaches_a_terminal_in_any_format() {
        let table = table(STRANGE);
        for text in [table.text(), table.json(), table.csv().unwrap()] {
            let found = text.chars().find(|c| HIDDEN.contains(*c));
            assert_eq!(found, None, "{text:?}");
        }
        assert!(table.text().contains("[2J") && table.text().contains("žluť"), "{}", table.text());
        assert_eq!(table.text().lines().count(), 2);
        assert_eq!(table.csv().unwrap().lines().count(), 2);
    }

    #[test]
    fn json_is_ascii_and_reads_back_as_it_was() {
        let json = table(STRANGE).json();
        assert!(json.is_ascii() && json.lines().count() > 3, "{json}");
        let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(rows[0]["user"], STRANGE);
        assert_eq!(rows[0]["name"], "žluť");
    }

    #[test]
    fn csv_has_no_cell_that_a_spreadsheet_would_compute() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u{a0}=1", "＝1"] {
            let csv = table(formula).csv().unwrap();
            assert_eq!(csv.lines().nth(1), Some(format!("'{formula},žluť").as_str()));
        }
        for control in ["\t=1", "\r=1"] {
            let csv = table(control).csv().unwrap();
            assert_eq!(csv.lines().nth(1), Some("\u{fffd}=1,žluť"), "{csv:?}");
        }
        assert_eq!(table("a=1").csv().unwrap().lines().nth(1), Some("a=1,žluť"));
        assert_eq!(table("=a,\"b\"").csv().unwrap().lines().nth(1), Some("\"'=a,\"\"b\"\"\",žluť"));
    }
}
