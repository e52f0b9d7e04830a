//! Projects: the nearest directory with a `.csproj`, and what its project files say.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::project::{Project, directories_up, directory, resolve};

/// Every project of a tree, numbered.
pub(super) struct Projects {
    by_directory: FxHashMap<String, u32>,
    /// Those a project may use, itself and through others too.
    uses: Vec<FxHashSet<u32>>,
    /// Namespaces that project files import for every file.
    pub(super) usings: FxHashMap<u32, Vec<String>>,
}

impl Projects {
    pub(super) fn read(project: &Project<'_>) -> Self {
        let files = project.files_ending(&[".csproj"]);
        let mut by_directory = FxHashMap::default();
        for &file in &files {
            let next = by_directory.len() as u32;
            by_directory.entry(directory(project.text(file)).to_owned()).or_insert(next);
        }
        let mut out = Self {
            uses: vec![FxHashSet::default(); by_directory.len()],
            by_directory,
            usings: FxHashMap::default(),
        };
        let mut shared: FxHashMap<String, Said> = FxHashMap::default();
        for &file in &files {
            let path = project.text(file);
            let Some(own) = out.of(path) else { continue };
            out.add(own, &Said::read(project, path));
            for above in directories_up(directory(path)) {
                for name in ["Directory.Build.props", "Directory.Build.targets"] {
                    let path = crate::project::join(above, name);
                    let said = shared.entry(path).or_insert_with_key(|path| Said::read(project, path));
                    out.add(own, said);
                }
            }
        }
        out.close();
        out
    }

    fn add(&mut self, own: u32, said: &Said) {
        let references =
            said.references.iter().filter_map(|path| self.by_directory.get(directory(path)).copied());
        self.uses[own as usize].extend(references);
        self.usings.entry(own).or_default().extend(said.usings.iter().cloned());
    }

    /// Projects reach what those they use reach.
    fn close(&mut self) {
        let direct = self.uses.clone();
        for uses in &mut self.uses {
            let mut open: Vec<u32> = uses.iter().copied().collect();
            while let Some(next) = open.pop() {
                open.extend(direct[next as usize].iter().copied().filter(|one| uses.insert(*one)));
            }
        }
    }

    /// The project of a file.
    pub(super) fn of(&self, path: &str) -> Option<u32> {
        directories_up(directory(path)).find_map(|above| self.by_directory.get(above)).copied()
    }

    /// Whether one file's project may use another's.
    pub(super) fn sees(&self, from: &str, to: &str) -> bool {
        match (self.of(from), self.of(to)) {
            (Some(from), Some(to)) => from == to || self.uses[from as usize].contains(&to),
            _ => true,
        }
    }
}

/// What one project file says.
#[derive(Default)]
struct Said {
    references: Vec<String>,
    usings: Vec<String>,
}

impl Said {
    fn read(project: &Project<'_>, path: &str) -> Self {
        let Some(text) = project.read_text(path) else { return Self::default() };
        let here = |include: &str| {
            let include = include.replace('\\', "/").replace("$(MSBuildThisFileDirectory)", "./");
            match include.rsplit_once("$(") {
                // Where a property leads cannot be told; what the project is called can.
                Some((_, rest)) => {
                    let called = project.files_called(rest.rsplit('/').next().unwrap_or(rest));
                    called.first().map(|file| project.text(*file).to_owned())
                }
                None => resolve(directory(path), &include),
            }
        };
        Self {
            references: includes(&text, "<ProjectReference").filter_map(here).collect(),
            usings: includes(&text, "<Using").map(str::to_owned).chain(implicit(&text)).collect(),
        }
    }
}

/// What `<ImplicitUsings>` stands for; a tree may declare types there.
const IMPLICIT: &[&str] = &[
    "Microsoft.AspNetCore.Builder",
    "Microsoft.AspNetCore.Hosting",
    "Microsoft.AspNetCore.Http",
    "Microsoft.AspNetCore.Routing",
    "Microsoft.Extensions.Configuration",
    "Microsoft.Extensions.DependencyInjection",
    "Microsoft.Extensions.Hosting",
    "Microsoft.Extensions.Logging",
    "System",
    "System.Collections.Generic",
    "System.IO",
    "System.Linq",
    "System.Net.Http",
    "System.Net.Http.Json",
    "System.Threading",
    "System.Threading.Tasks",
];

fn implicit(text: &str) -> impl Iterator<Item = String> {
    let value = text.split("<ImplicitUsings>").nth(1).and_then(|rest| rest.split('<').next()).map(str::trim);
    let enabled = matches!(value, Some("enable" | "true"));
    IMPLICIT.iter().filter(move |_| enabled).map(|namespace| (*namespace).to_owned())
}

/// The `Include` of every element that begins so.
fn includes<'t>(text: &'t str, element: &str) -> impl Iterator<Item = &'t str> {
    text.split(element).skip(1).flat_map(|rest| {
        let tag = rest.split('>').next().unwrap_or(rest);
        let value = tag.starts_with(char::is_whitespace).then(|| tag.split_once("Include=\""));
        let list = value.flatten().and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
        list.split(';').map(str::trim).filter(|one| !one.is_empty())
    })
}
