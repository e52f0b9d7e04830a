//! What modules depend on in the tree as it stands, so that a manifest begins where the code is.

use std::path::Path;

use faces::draft::Draft;
use facts::{
    Manifest, Standing,
    dependencies::{Dependencies, Target},
    manifest::DeclaredModule,
};
use sources::{
    git::{self, Checkout, Side},
    tree::Tree as _,
};
use verdicts::rules::{self, Ground};

use crate::{
    code::Kept,
    error::Error,
    picture::{self, Look},
};

/// The tree a check would look at, with what names what.
pub(crate) struct Observed {
    paths: Vec<Vec<u8>>,
    dependencies: Dependencies<u32>,
}

impl Observed {
    /// Reads it.
    pub(crate) fn read(path: &Path, look: &Look) -> Result<Self, Error> {
        let source = git::open(path, look.as_of())?;
        let side = if look.as_of().is_some() { Side::Commit(source.head()) } else { Side::WorkTree };
        let checkout = Checkout::read(&source, side);
        let caches = picture::cache_directories(&source, look);
        let dependencies =
            Kept { caches: &caches, threads: picture::threads(look), say: &|_| {} }.dependencies(&checkout);
        Ok(Self { paths: checkout.paths().to_vec(), dependencies })
    }

    /// Fills in what each module of a draft depends on, beside those that are `declared` already; a module that would
    /// hold no file is left out.
    pub(crate) fn observe(&self, mut draft: Draft, declared: &Manifest) -> Draft {
        let drafted = draft.modules.iter().map(|module| DeclaredModule {
            id: module.id.clone(),
            paths: module.paths.iter().map(|path| (path.clone(), 0)).collect(),
            ..DeclaredModule::default()
        });
        let modules: Vec<DeclaredModule> = declared.modules.iter().cloned().chain(drafted).collect();
        let manifest = Manifest { modules, check: declared.check.clone(), ..Manifest::default() };
        let standing = Standing::new(self.paths.clone(), &manifest, self.dependencies.clone());
        let nobody = |_: &[u8]| None;
        let ground = Ground::new(&manifest, &standing, &nobody, None, &[], &[], 0);
        let mut observed = rules::observed(&ground).into_iter().skip(declared.modules.len());
        let mut held = vec![false; manifest.modules.len()];
        for module in standing.module_of.iter().flatten() {
            held[*module as usize] = true;
        }
        for module in &mut draft.modules {
            let names = |modules: Vec<u32>| {
                let mut names: Vec<String> =
                    modules.iter().map(|&at| manifest.modules[at as usize].id.clone()).collect();
                names.sort();
                names
            };
            module.depends_on = observed.next().flatten().map(names);
        }
        let mut held = held.into_iter().skip(declared.modules.len());
        draft.modules.retain(|_| held.next().unwrap_or(true));
        let read = &self.dependencies;
        let resolved = read.edges.iter().any(|edge| matches!(edge.to, Target::File(_)));
        draft.read_in_vain = if resolved || read.files.len() < 2 { 0 } else { read.files.len() as u64 };
        draft
    }
}
